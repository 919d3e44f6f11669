using System.Security.Cryptography;
using System.Text;
using Vitrine.ApiServer.Discovery;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Schema;

namespace Vitrine.ApiServer.OpenApi;

/// <summary>/openapi/v2 and /openapi/v3. Documents are written when asked for and kept only while memory is plentiful.</summary>
internal static class OpenApiRoutes
{
    private const string Json = "application/json";
    private const string Protobuf = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

    /// <summary>What upstream answers with: Go's mime package takes no @ in a Content-Type.</summary>
    private const string ProtobufAnswer = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    private static readonly Dictionary<string, WeakReference<byte[]>> Written = [];
    private static readonly Lock Gate = new();
    private static readonly Lazy<string> Hash = new(HashOfAll);

    /// <summary>False for other paths, and for groups and versions that are not served.</summary>
    /// <param name="pathAndQuery">The query is ignored: a document is the same under every hash.</param>
    /// <param name="accept">The Accept header; "" when absent.</param>
    /// <param name="body">JSON, or protobuf for /openapi/v2 when the client prefers it.</param>
    /// <param name="contentType">Of the body.</param>
    /// <param name="etag">Quoted; changes with the schema, the kinds and the version.</param>
    public static bool TryAnswer(string pathAndQuery, string accept, out ReadOnlyMemory<byte> body, out string contentType, out string? etag)
    {
        var path = pathAndQuery.Split('?', 2)[0].TrimEnd('/');
        (body, contentType, etag) = (default, Json, null);
        Func<byte[]>? write = path.Split('/') switch
        {
            ["", "openapi", "v2"] when PrefersProtobuf(accept) => ProtobufDocument.Write,
            ["", "openapi", "v2"] => static () => JsonDocumentWriter.Version2(),
            ["", "openapi", "v3"] => static () => JsonDocumentWriter.Index(Hash.Value),
            ["", "openapi", "v3", "api", var version] when Serves("", version) => () => JsonDocumentWriter.Version3("", version),
            ["", "openapi", "v3", "apis", { Length: > 0 } group, var version] when Serves(group, version) => () => JsonDocumentWriter.Version3(group, version),
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
        etag = $"\"{Hash.Value}\"";
        return true;
    }

    private static bool PrefersProtobuf(string accept) => accept.Split(',')
        .Select(form => form.Split(';')[0].Trim())
        .FirstOrDefault(form => form is Protobuf or Json or "*/*") == Protobuf;

    private static bool Serves(string group, string version) => KindList.All.Any(k => k.Group == group && k.Version == version);

    private static byte[] Once(string key, Func<byte[]> write)
    {
        lock (Gate)
        {
            if (Written.TryGetValue(key, out var known) && known.TryGetTarget(out var body))
            {
                return body;
            }
            body = write();
            Written[key] = new WeakReference<byte[]>(body);
            return body;
        }
    }

    /// <summary>Of everything a document is made from, so that clients may keep it for ever under its hash.</summary>
    private static string HashOfAll()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        hash.AppendData(Encoding.UTF8.GetBytes(ServerVersion.Git + typeof(OpenApiRoutes).Assembly.GetName().Version));
        foreach (var kind in KindList.All)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(kind.ApiVersion + kind.QualifiedPlural + string.Join(',', kind.Subresources) + string.Join(',', kind.Verbs)));
        }
        foreach (var schema in (Stream[])[SchemaSet.OpenText(), SchemaSet.OpenGatewayText()])
        {
            var buffer = new byte[schema.Length];
            schema.ReadExactly(buffer);
            hash.AppendData(buffer);
            schema.Dispose();
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
