using Vitrine.ApiServer.Kinds;

namespace Vitrine.ApiServer.OpenApi;

/// <summary>/openapi/v2 and /openapi/v3. For one catalog of kinds. Documents are written when asked for and kept only while memory is plentiful.</summary>
internal sealed class OpenApiRoutes(KindCatalog catalog)
{
    private const string Json = "application/json";
    private const string Protobuf = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

    /// <summary>What upstream answers with: Go's mime package takes no @ in a Content-Type.</summary>
    private const string ProtobufAnswer = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    private readonly Dictionary<string, WeakReference<byte[]>> written = [];
    private readonly Lock gate = new();
    private readonly JsonDocumentWriter documents = new(catalog);
    private readonly DocumentHash hash = new(catalog);

    /// <summary>False for other paths, and for groups and versions that are not served.</summary>
    /// <param name="pathAndQuery">The query is ignored: a document is the same under every hash.</param>
    /// <param name="accept">The Accept header; "" when absent.</param>
    /// <param name="body">JSON, or protobuf for /openapi/v2 when the client prefers it.</param>
    /// <param name="contentType">Of the body.</param>
    /// <param name="etag">Quoted; changes with the schema, the kinds and the version.</param>
    public bool TryAnswer(string pathAndQuery, string accept, out ReadOnlyMemory<byte> body, out string contentType, out string? etag)
    {
        var path = pathAndQuery.Split('?', 2)[0].TrimEnd('/');
        (body, contentType, etag) = (default, Json, null);
        Func<byte[]>? write = path.Split('/') switch
        {
            ["", "openapi", "v2"] when PrefersProtobuf(accept) => () => ProtobufDocument.Write(documents.Swagger()),
            ["", "openapi", "v2"] => documents.Version2,
            ["", "openapi", "v3"] => () => documents.Index(hash.Of),
            ["", "openapi", "v3", "api", var version] when Serves("", version) => () => documents.Version3("", version),
            ["", "openapi", "v3", "apis", { Length: > 0 } group, var version] when Serves(group, version) => () => documents.Version3(group, version),
            _ => null,
        };
        if (write is null)
        {
            return false;
        }
        if (path == "/openapi/v2" && PrefersProtobuf(accept))
        {
            contentType = ProtobufAnswer;
        }
        body = Once(path + " " + contentType, write);
        etag = $"\"{HashOf(path)}\"";
        return true;
    }

    private string HashOf(string path) => path.Split('/') switch
    {
        ["", "openapi", "v3", "api", var version] => hash.Of("", version),
        ["", "openapi", "v3", "apis", var group, var version] => hash.Of(group, version),
        _ => hash.OfAll,
    };

    private static bool PrefersProtobuf(string accept) => accept.Split(',')
        .Select(form => form.Split(';')[0].Trim())
        .FirstOrDefault(form => form is Protobuf or Json or "*/*") == Protobuf;

    private bool Serves(string group, string version) => catalog.VersionsOf(group).Contains(version);

    private byte[] Once(string key, Func<byte[]> write)
    {
        lock (gate)
        {
            if (written.TryGetValue(key, out var known) && known.TryGetTarget(out var body))
            {
                return body;
            }
            body = write();
            written[key] = new WeakReference<byte[]>(body);
            return body;
        }
    }
}
