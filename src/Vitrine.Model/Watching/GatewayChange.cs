using System.Collections.Immutable;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Watching;

/// <summary>A change of one kind of the Gateway API.</summary>
public readonly record struct GatewayChange(WatchChangeKind Kind, IReadOnlyList<GatewayObject> Objects)
{
    /// <summary>What is there after it, by namespace/name; by name for classes.</summary>
    public ImmutableDictionary<string, GatewayObject> After(ImmutableDictionary<string, GatewayObject> before) => Kind switch
    {
        WatchChangeKind.Replaced => Objects.Count == 0 && before.IsEmpty ? before : Objects.ToImmutableDictionary(KeyOf),
        WatchChangeKind.Upserted => before.SetItem(KeyOf(Objects[0]), Objects[0]),
        _ => before.Remove(KeyOf(Objects[0])),
    };

    private static string KeyOf(GatewayObject value) => value.Namespace.Length == 0 ? value.Name : value.Key;
}
