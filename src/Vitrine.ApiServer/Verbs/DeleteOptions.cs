using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Protobuf;

namespace Vitrine.ApiServer.Verbs;

/// <summary>metav1.DeleteOptions from the body, or from the query when there is no body.</summary>
/// <param name="GraceSeconds">Null: the object's own period.</param>
/// <param name="Propagation">What becomes of dependents: "Background", "Foreground", "Orphan", or "" for what the object or its kind says.</param>
internal sealed record DeleteOptions(long? GraceSeconds, string? Uid, string? ResourceVersion, bool DryRun, string Propagation)
{
    private const string Schema = "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions";

    public static async Task<DeleteOptions> ReadAsync(ApiRequest request)
    {
        ReadOnlyMemory<byte> body = await RequestBody.ReadAsync(request.Http);
        return From(body.Length == 0 ? [] : Parse(body, ObjectDecoder.MediaType(request.Http.Request.ContentType)), request);
    }

    /// <summary>What the options do not say, the query may.</summary>
    public static DeleteOptions From(JsonObject options, ApiRequest request)
    {
        bool? orphan = options["orphanDependents"] is JsonValue value && value.TryGetValue(out bool given) ? given : request.Query("orphanDependents") is null ? null : request.Flag("orphanDependents");
        string policy = ObjectMeta.Text(options, "propagationPolicy") is { Length: > 0 } named ? named : request.Query("propagationPolicy") ?? "";
        CheckPropagation(policy, orphan);
        JsonObject preconditions = options["preconditions"] as JsonObject ?? [];
        string uid = ObjectMeta.Text(preconditions, "uid");
        string revision = ObjectMeta.Text(preconditions, "resourceVersion");
        return new DeleteOptions(
            Grace(ObjectMeta.Number(options, "gracePeriodSeconds") ?? request.Number("gracePeriodSeconds")),
            uid.Length > 0 ? uid : null,
            revision.Length > 0 ? revision : null,
            request.DryRun || options["dryRun"] is JsonArray { Count: > 0 },
            orphan switch { true => "Orphan", false => "Background", null => policy });
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

    private static void CheckPropagation(string policy, bool? orphan)
    {
        if (policy.Length > 0 && orphan is not null)
        {
            string why = $"Invalid value: \"{policy}\": orphanDependents and deletionPropagation cannot be both set";
            throw new ApiException(422, "Invalid", $"DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: {why}") { Causes = [new FieldCause("FieldValueInvalid", "propagationPolicy", why)] };
        }

        if (policy is not ("" or "Orphan" or "Background" or "Foreground"))
        {
            throw new ApiException(422, "Invalid", $"DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value: \"{policy}\": supported values: \"Background\", \"Foreground\", \"Orphan\"")
            {
                Causes = [new FieldCause("FieldValueNotSupported", "propagationPolicy", $"Unsupported value: \"{policy}\"")],
            };
        }
    }
}
