using System.Text;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Drafts;

namespace Vitrine.Manifests;

/// <summary>Reads what -f names, as kubectl's does: a file, a folder's *.yaml, *.yml and *.json, or "-".</summary>
internal static class ManifestFiles
{
    // More than etcd would keep of a whole cluster.
    private const long LargestFile = 256 << 20;
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <exception cref="CommandFailure">something is not there or cannot be read</exception>
    /// <param name="paths">in the order given</param>
    /// <param name="recursive">folders with all below them</param>
    /// <param name="input">read for "-"</param>
    public static IReadOnlyList<Manifest> Read(IEnumerable<string> paths, bool recursive, TextReader input) =>
        [.. paths.SelectMany(p => Files(p, recursive)).SelectMany(f => Parse(f, f == "-" ? input.ReadToEnd() : Text(f)))];

    /// <summary>The objects of one file's text.</summary>
    public static IEnumerable<Manifest> Parse(string file, string text) => ManifestReader.Read(text).SelectMany(d => Objects(new ManifestOrigin(file, d)));

    private static IEnumerable<Manifest> Objects(ManifestOrigin origin)
    {
        var document = origin.Document;
        if (document.Value is not JsonObject value)
            return [new Manifest(origin, null, document.Fault ?? "a document of manifests is a mapping with apiVersion and kind; this is none")];
        if (value["items"] is not JsonArray items || value["kind"]?.ToString().EndsWith("List", StringComparison.Ordinal) != true)
            return [new Manifest(origin, value) { Duplicates = document.Duplicates }];
        return items.ToArray().Index().Select(i => Item(origin with { Prefix = $"items[{i.Index}]." }, i.Item));
    }

    private static Manifest Item(ManifestOrigin origin, JsonNode? item) => item is JsonObject value
        ? new Manifest(origin, value) { Duplicates = [.. origin.Document.Duplicates.Where(d => d.StartsWith(origin.Prefix, StringComparison.Ordinal)).Select(d => d[origin.Prefix.Length..])] }
        : new Manifest(origin, null, "an item of a List is an object; this is none");

    private static IEnumerable<string> Files(string path, bool recursive)
    {
        if (path == "-" || File.Exists(path))
            return [path];
        if (!Directory.Exists(path))
            throw Unreadable($"-f {path}: there is no such file or folder", "name files or folders of manifests, or - for standard input");
        try
        {
            var found = Directory.EnumerateFiles(path, "*", recursive ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly)
                .Where(f => Extensions.Contains(Path.GetExtension(f))).Order(StringComparer.Ordinal).ToArray();
            return found.Length > 0 ? found : throw Unreadable($"-f {path}: there is no *.yaml, *.yml or *.json in it", recursive ? "name another folder" : "name another folder, or look below it with -R");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable($"-f {path}: {e.Message}", "make it readable");
        }
    }

    private static string Text(string file)
    {
        try
        {
            if (new FileInfo(file).Length > LargestFile)
                throw Unreadable($"-f {file}: it is larger than {LargestFile >> 20} MiB", "split it");
            return File.ReadAllText(file, new UTF8Encoding(false, throwOnInvalidBytes: true));
        }
        catch (DecoderFallbackException)
        {
            throw Unreadable($"-f {file}: it is not UTF-8 text", "save it as UTF-8");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable($"-f {file}: {e.Message}", "make it readable");
        }
    }

    private static CommandFailure Unreadable(string message, string remedy) => new(message, remedy);
}
