using System.Text.Json.Nodes;

namespace Vitrine.Manifests;

/// <summary>An object as somebody wrote it.</summary>
/// <param name="Origin">where</param>
/// <param name="Value">null where it could not be read</param>
/// <param name="Fault">why it could not; null where it could</param>
internal sealed record Manifest(ManifestOrigin Origin, JsonObject? Value, string? Fault = null)
{
    /// <summary>Paths of fields that are written twice.</summary>
    public IReadOnlyList<string> Duplicates { get; init; } = [];
}
