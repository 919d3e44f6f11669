using System.Collections.Immutable;

namespace Vitrine.Model.Snapshot;

/// <summary>A v1 Secret that something in the snapshot refers to; others are never read. It does not print what it holds.</summary>
/// <param name="Values">data, as text: certificates, keys, lines of users</param>
public sealed record Secret(string Namespace, string Name, string Type, ImmutableDictionary<string, string> Values)
{
    public string Key => $"{Namespace}/{Name}";

    public override string ToString() => $"secret/{Key}";
}
