using System.Collections.Immutable;

namespace Vitrine.Model.Snapshot;

/// <summary>A v1 Namespace.</summary>
/// <param name="Terminating">It has a deletionTimestamp.</param>
public sealed record Namespace(string Name, string Uid, bool Terminating)
{
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;
}
