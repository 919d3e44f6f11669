using System.Collections.Immutable;

namespace Vitrine.Model.Snapshot;

/// <summary>A v1 ConfigMap that something in the snapshot refers to.</summary>
/// <param name="Values">data</param>
public sealed record ConfigMap(string Namespace, string Name, ImmutableDictionary<string, string> Values)
{
    public string Key => $"{Namespace}/{Name}";
}
