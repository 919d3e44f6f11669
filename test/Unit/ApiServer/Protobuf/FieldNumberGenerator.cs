using System.Text;
using System.Text.RegularExpressions;

namespace Vitrine.Unit.ApiServer.Protobuf;

/// <summary>
/// Writes field-numbers.txt from the struct tags of k8s.io/api and k8s.io/apimachinery (Debian: golang-k8s-api-dev and
/// golang-k8s-apimachinery-dev, under /usr/share/gocode/src/k8s.io). Only names and numbers are taken.
/// </summary>
internal static partial class FieldNumberGenerator
{
    private static readonly string[] Packages =
    [
        "api/apps/v1", "api/authentication/v1", "api/authorization/v1", "api/autoscaling/v1", "api/autoscaling/v2",
        "api/batch/v1", "api/certificates/v1", "api/coordination/v1", "api/core/v1", "api/discovery/v1", "api/events/v1", "api/flowcontrol/v1",
        "api/networking/v1", "api/node/v1", "api/policy/v1", "api/rbac/v1", "api/scheduling/v1", "api/storage/v1",
        "apimachinery/pkg/apis/meta/v1",
    ];

    /// <param name="source">The folder k8s.io.</param>
    public static string Generate(string source)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var package in Packages)
        {
            var name = "io.k8s." + package.Replace('/', '.') + ".";
            foreach (var file in Directory.EnumerateFiles(Path.Combine(source, package), "*.go"))
            {
                lines.UnionWith(Types(File.ReadLines(file), name));
            }
        }
        return string.Join('\n', lines) + "\n";
    }

    private static IEnumerable<string> Types(IEnumerable<string> lines, string package)
    {
        var (type, fields) = ("", new SortedDictionary<int, string>());
        foreach (var line in lines)
        {
            if (StructStart().Match(line) is { Success: true } start)
            {
                (type, fields) = (start.Groups[1].Value, []);
            }
            else if (type.Length > 0 && Tagged().Match(line) is { Success: true } tag)
            {
                var number = int.Parse(tag.Groups["number"].Value, System.Globalization.CultureInfo.InvariantCulture);
                fields.Add(number, Field(tag, package) + $"={number}" + (KeepsZero(tag) ? "!" : ""));
            }
            else if (line == "}" && type.Length > 0)
            {
                if (fields.Count > 0)
                {
                    yield return package + type + " " + string.Join(' ', fields.Values);
                }
                type = "";
            }
        }
    }

    private static bool IsInlined(Match tag) => tag.Groups["json"].Value.Length == 0;

    private static string Field(Match tag, string package) =>
        IsInlined(tag) ? ">" + package + tag.Groups["type"].Value : tag.Groups["json"].Value;

    // A named map or slice never reaches this as zero: protobuf writes nothing for an empty one.
    private static bool KeepsZero(Match tag) => !IsInlined(tag)
        && (tag.Groups["type"].Value[0] == '*' || !tag.Groups["options"].Value.Contains("omit", StringComparison.Ordinal));

    [GeneratedRegex(@"^type (\w+) struct \{$")]
    private static partial Regex StructStart();

    [GeneratedRegex("""^\t(?:\w+\s+)?(?<type>\S+)\s+`json:"(?<json>[^",]*)(?<options>[^"]*)".*protobuf:"\w+,(?<number>\d+)[,"]""")]
    private static partial Regex Tagged();
}
