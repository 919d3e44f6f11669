namespace Vitrine.Model.Snapshot;

/// <summary>A v1 Namespace.</summary>
/// <param name="Terminating">It has a deletionTimestamp.</param>
public sealed record Namespace(string Name, string Uid, bool Terminating);
