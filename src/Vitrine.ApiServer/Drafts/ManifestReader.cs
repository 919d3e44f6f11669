using System.Text;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Drafts;

/// <summary>
/// A file of manifests, document by document, as kubectl cuts it: at lines of three dashes that nothing but a comment follows
/// (k8s.io/apimachinery/pkg/util/yaml). A broken document does not hide the others.
/// </summary>
public static class ManifestReader
{
    private const string Separator = "---";

    /// <param name="text">YAML or JSON; empty documents are passed over</param>
    public static IEnumerable<ManifestDocument> Read(string text)
    {
        var (document, first, number) = (new StringBuilder(), 1, 0);
        foreach (var (index, line) in text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n').Append(Separator).Index())
        {
            if (!Separates(line))
            {
                document.Append(line).Append('\n');
                continue;
            }
            if (One(document.ToString(), number + 1, first) is { } found)
            {
                number++;
                yield return found;
            }
            document.Clear();
            first = index + 2;
        }
    }

    private static bool Separates(string line) => line.StartsWith(Separator, StringComparison.Ordinal) && line.AsSpan(Separator.Length).Trim() is [] or ['#', ..];

    /// <summary>Null for a document without content.</summary>
    private static ManifestDocument? One(string text, int number, int first)
    {
        var blank = text.Split('\n').TakeWhile(static line => line.AsSpan().Trim() is [] or ['#', ..]).Count();
        var document = new ManifestDocument(number, first + blank);
        var (duplicates, lines) = (new List<string>(), new Dictionary<string, int>());
        var isJson = text.AsSpan().TrimStart() is ['{', ..];
        try
        {
            var value = isJson ? JsonTree.Parse(Encoding.UTF8.GetBytes(text), duplicates) : YamlTree.Parse(text, duplicates, lines);
            return value is null ? null : document with { Value = value, Duplicates = duplicates, Lines = lines.ToDictionary(l => l.Key, l => l.Value + first - 1) };
        }
        catch (FormatException e)
        {
            return document with { Fault = isJson ? e.Message : InFile(text, first) ?? e.Message };
        }
    }

    /// <summary>The fault of a broken document with the line of the file.</summary>
    private static string? InFile(string text, int first)
    {
        try
        {
            YamlTree.Parse(new string('\n', first - 1) + text, []);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }
}
