using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Protobuf;

namespace Vitrine.ApiServer.Verbs;

/// <summary>metav1.DeleteOptions from the body, or from the query when there is no body.</summary>
/// <param name="GraceSeconds">Null: the object's own period.</param>
internal sealed record DeleteOptions(long? GraceSeconds, string? Uid, string? ResourceVersion, bool DryRun)
{
    private const string Schema = "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions";

    public static async Task<DeleteOptions> ReadAsync(ApiRequest request)
    {
        ReadOnlyMemory<byte> body = await RequestBody.ReadAsync(request.Http);
        if (body.Length == 0)
        {
            CheckPropagation(request.Query("propagationPolicy"));
            return new DeleteOptions(Grace(request.Number("gracePeriodSeconds")), null, null, request.DryRun);
        }

        JsonObject options = Parse(body, ObjectDecoder.MediaType(request.Http.Request.ContentType));
        CheckPropagation(options["propagationPolicy"]?.ToString());
        JsonObject preconditions = options["preconditions"] as JsonObject ?? [];
        string uid = ObjectMeta.Text(preconditions, "uid");
        string revision = ObjectMeta.Text(preconditions, "resourceVersion");
        bool dryRun = request.DryRun || options["dryRun"] is JsonArray { Count: > 0 };
        return new DeleteOptions(Grace(ObjectMeta.Number(options, "gracePeriodSeconds") ?? request.Number("gracePeriodSeconds")), uid.Length > 0 ? uid : null, revision.Length > 0 ? revision : null, dryRun);
    }

    private static JsonObject Parse(ReadOnlyMemory<byte> body, string mediaType)
    {
        JsonObject? options;
        try
        {
            options = mediaType == ProtobufBody.MediaType
                ? ProtobufBody.Decode(body.Span, Schema, "DeleteOptions")
                : JsonNode.Parse(body.Span) as JsonObject;
        }
        catch (JsonException error)
        {
            throw ApiErrors.BadRequest($"cannot read the DeleteOptions: {error.Message}");
        }

        if (options is null || (options["kind"] is { } kind && kind.ToString() != "DeleteOptions"))
        {
            throw ApiErrors.BadRequest("the body of a delete request must be a DeleteOptions object");
        }

        return options;
    }

    // Upstream reads a negative period as one second.
    private static long? Grace(long? seconds) => seconds < 0 ? 1 : seconds;

    private static void CheckPropagation(string? policy)
    {
        if (policy is not (null or "" or "Orphan" or "Background" or "Foreground"))
        {
            throw new ApiException(422, "Invalid", $"DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value: \"{policy}\": supported values: \"Background\", \"Foreground\", \"Orphan\"")
            {
                Causes = [new FieldCause("FieldValueNotSupported", "propagationPolicy", $"Unsupported value: \"{policy}\"")],
            };
        }
    }
}
