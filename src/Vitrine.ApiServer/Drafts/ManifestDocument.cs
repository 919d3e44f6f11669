using System.Text.Json.Nodes;

namespace Vitrine.ApiServer.Drafts;

/// <summary>One document of a file of manifests.</summary>
/// <param name="Number">1 for the first that is not empty</param>
/// <param name="Line">of the file, where it begins; 1 for the first</param>
public sealed record ManifestDocument(int Number, int Line)
{
    /// <summary>Null where it could not be read.</summary>
    public JsonNode? Value { get; init; }

    /// <summary>Why it could not; null where it could.</summary>
    public string? Fault { get; init; }

    /// <summary>Paths of fields that are written twice; the last one wins.</summary>
    public IReadOnlyList<string> Duplicates { get; init; } = [];

    /// <summary>Path of a field → line of the file; empty for JSON.</summary>
    public IReadOnlyDictionary<string, int> Lines { get; init; } = new Dictionary<string, int>();

    /// <summary>The line of a field, or of the nearest one around it that is written.</summary>
    public int LineOf(string field)
    {
        for (var path = field; path.Length > 0; path = path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))])
        {
            if (Lines.TryGetValue(path, out var line))
            {
                return line;
            }
        }
        return Line;
    }
}
