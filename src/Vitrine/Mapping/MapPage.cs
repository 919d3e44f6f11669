using System.IO.Compression;
using System.Reflection;
using Microsoft.AspNetCore.Http;

namespace Vitrine.Mapping;

/// <summary>A file of the page: kept in the executable, compressed by Brotli as the browser takes it.</summary>
internal sealed class MapPage
{
    private const string Prefix = "map/", Suffix = ".br", Index = "index.html";
    private readonly string resource;

    private MapPage(string resource) => this.resource = resource;

    private static Assembly Here => typeof(MapPage).Assembly;

    /// <summary>Path below the page's root, e.g. index-1a2b.js.</summary>
    public string Name => resource[Prefix.Length..^Suffix.Length];

    /// <summary>All files; none in an executable that was built without the page.</summary>
    public static IEnumerable<MapPage> All() => Here.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(n => new MapPage(n));

    /// <summary>Null for what there is none of.</summary>
    public static MapPage? Find(string path) => All().FirstOrDefault(f => f.Name == (path == "/" ? Index : path.TrimStart('/')));

    public async Task SendAsync(HttpContext http, CancellationToken ct)
    {
        http.Response.ContentType = ContentType(Name);
        if (Name != Index)
            // Its name changes with what is in it.
            http.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        var takes = http.Request.Headers.AcceptEncoding.ToString().Split(',', StringSplitOptions.TrimEntries).Contains("br");
        http.Response.Headers.Vary = "Accept-Encoding";
        if (takes)
            http.Response.Headers.ContentEncoding = "br";
        await using var content = takes ? Packed() : Open();
        await content.CopyToAsync(http.Response.Body, ct);
    }

    /// <summary>Its content.</summary>
    public Stream Open() => new BrotliStream(Packed(), CompressionMode.Decompress);

    private Stream Packed() => Here.GetManifestResourceStream(resource)!;

    private static string ContentType(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };
}
