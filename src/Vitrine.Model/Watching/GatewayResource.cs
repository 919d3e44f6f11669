using System.Collections.Immutable;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Watching;

/// <summary>A kind of gateway.networking.k8s.io, and its place in a snapshot.</summary>
/// <param name="Kind">e.g. HTTPRoute</param>
/// <param name="Plural">as in URLs</param>
/// <param name="Version">of the group</param>
public sealed record GatewayResource(
    string Kind, string Plural, string Version, Func<ClusterSnapshot, ImmutableDictionary<string, GatewayObject>> Get, Func<ClusterSnapshot, ImmutableDictionary<string, GatewayObject>, ClusterSnapshot> Set)
{
    private const string Group = "gateway.networking.k8s.io";

    public string Path => $"apis/{Group}/{Version}/{Plural}";

    /// <summary>The snapshot after a change of this kind.</summary>
    public ClusterSnapshot After(ClusterSnapshot snapshot, WatchChange<GatewayObject> change) => Set(snapshot, change.After(Get(snapshot), o => o.Namespace.Length == 0 ? o.Name : o.Key, o => o));

    /// <summary>Changes in order. An API without this kind, as most clusters are until somebody installs it, and one that does not let it be read, has none of it.</summary>
    public IAsyncEnumerable<WatchChange<GatewayObject>> WatchAsync(OptionalKinds kinds, CancellationToken ct) =>
        kinds.WatchAsync(Group, Version, Plural, value => GatewayObject.Read(Kind, value), refusedIsNone: true, ct);
}
