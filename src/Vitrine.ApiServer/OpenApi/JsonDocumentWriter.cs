using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Discovery;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Schema;

namespace Vitrine.ApiServer.OpenApi;

/// <summary>The OpenAPI documents as JSON, for one catalog of kinds.</summary>
internal sealed class JsonDocumentWriter(KindCatalog catalog)
{
    /// <summary>/openapi/v3: a URL per group and version, with a hash by which clients cache.</summary>
    public byte[] Index(Func<string, string, string> hash)
    {
        var paths = new JsonObject();
        foreach (var kind in catalog.All.DistinctBy(k => k.ApiVersion))
        {
            var path = kind.Group.Length == 0 ? $"api/{kind.Version}" : $"apis/{kind.ApiVersion}";
            paths[path] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}?hash={hash(kind.Group, kind.Version)}" };
        }
        return Bytes(new JsonObject { ["paths"] = paths });
    }

    public byte[] Version3(string group, string version)
    {
        var (paths, definitions) = Build(Dialect.OpenApi3, catalog.In(group, version));
        return Bytes(new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = Title(),
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = definitions },
        });
    }

    public byte[] Version2() => Bytes(Swagger());

    public JsonObject Swagger()
    {
        var (paths, definitions) = Build(Dialect.Swagger2, catalog.All);
        return new JsonObject
        {
            ["swagger"] = "2.0",
            ["info"] = Title(),
            ["paths"] = paths,
            ["definitions"] = definitions,
        };
    }

    private (JsonObject Paths, JsonObject Definitions) Build(Dialect dialect, IEnumerable<Kind> kinds)
    {
        var definitions = new DefinitionBuilder(dialect, Descriptions.Read(), catalog);
        var paths = new JsonObject();
        var builder = new PathBuilder(dialect, definitions);
        foreach (var kind in kinds)
        {
            builder.Add(paths, kind);
        }
        return (paths, definitions.Definitions);
    }

    private static JsonObject Title() => new() { ["title"] = "Kubernetes", ["version"] = ServerVersion.Git };

    private static byte[] Bytes(JsonObject document)
    {
        using var stream = new MemoryStream();
        // Descriptions are full of quotes and angle brackets; nothing of this goes into HTML.
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            document.WriteTo(writer);
        }
        return stream.ToArray();
    }
}
