using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Vitrine.Unit.ApiServer.Protobuf;

/// <summary>
/// What kubectl sent for its create commands (Golden/&lt;what&gt;-&lt;version&gt;.bin), and what the same kubectl printed for the
/// same command with <c>--dry-run=client -o json</c> (.json): one value in Go's two encodings.
/// </summary>
internal static class RecordedBodies
{
    public static IEnumerable<string> Names => Directory.EnumerateFiles(Folder(), "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

    public static byte[] Sent(string name) => File.ReadAllBytes(Path.Combine(Folder(), name + ".bin"));

    /// <summary>Without nulls and empty objects, which this server takes for absent.</summary>
    public static JsonObject Printed(string name)
    {
        var printed = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder(), name + ".json")))!.AsObject();
        Prune(printed);
        return printed;
    }

    private static void Prune(JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
            {
                Prune(item);
            }
        }
        if (node is JsonObject obj)
        {
            foreach (var (name, value) in obj.ToArray())
            {
                Prune(value);
                if (value is null or JsonObject { Count: 0 })
                {
                    obj.Remove(name);
                }
            }
        }
    }

    private static string Folder([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "Golden");
}
