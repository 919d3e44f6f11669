using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Schema;

namespace Vitrine.ApiServer.Patch;

/// <summary>The three patch types of the API: RFC 6902, RFC 7386, and strategic merge.</summary>
internal static class PatchApplier
{
    private const string JsonPatchType = "application/json-patch+json";
    private const string MergePatchType = "application/merge-patch+json";
    private const string ApplyType = Verbs.ApplyVerb.MediaType;
    private const string StrategicType = "application/strategic-merge-patch+json";

    /// <summary>
    /// Gives a new object, not yet checked against the schema; <paramref name="current"/> stays as it is. Throws
    /// <see cref="ApiException"/>: 415 for other content types, 400 for what is no patch, 413 for too many operations,
    /// 422 for one that does not fit the object.
    /// </summary>
    public static JsonObject Apply(Kind kind, JsonObject current, ReadOnlyMemory<byte> patch, string? contentType) =>
        Apply(kind, current, patch, contentType, []);

    /// <summary>The same, decoded as a request's body is: unknown and duplicate fields as <paramref name="mode"/> says.</summary>
    public static JsonObject Apply(Kind kind, JsonObject current, ReadOnlyMemory<byte> patch, string? contentType, FieldValidation mode, List<string> warnings)
    {
        var duplicates = new List<string>();
        var obj = Apply(kind, current, patch, contentType, duplicates);
        ObjectDecoder.Conform(obj, kind, duplicates, mode, warnings);
        return obj;
    }

    private static JsonObject Apply(Kind kind, JsonObject current, ReadOnlyMemory<byte> patch, string? contentType, List<string> duplicates)
    {
        var media = ObjectDecoder.MediaType(contentType);
        if (media is not (JsonPatchType or MergePatchType) && !(media == StrategicType && kind.Custom is null))
        {
            throw new ApiException(415, "UnsupportedMediaType",
                $"the body of the request was in an unknown format - accepted media types include: {JsonPatchType}, {MergePatchType}{(kind.Custom is null ? $", {StrategicType}" : "")}, {ApplyType}");
        }
        var parsed = Parse(patch.Span, duplicates);
        var target = current.DeepClone().AsObject();
        try
        {
            var patched = media switch
            {
                JsonPatchType => JsonPatch.Apply(target, parsed as JsonArray ?? throw NoPatch("json: cannot unmarshal object into Go value of type jsonpatch.Patch")),
                MergePatchType => MergePatch.Apply(target, ObjectOf(parsed)),
                _ => StrategicMerge.Apply(target, ObjectOf(parsed), SchemaSet.Get(kind.Schema)),
            };
            var obj = patched as JsonObject ?? throw new PatchMismatchException("the patched document is not an object");
            CheckType(kind, obj);
            JsonTree.SizeOf(obj);
            return obj;
        }
        catch (Exception e) when (e is PatchMismatchException or FormatException)
        {
            throw new ApiException(422, "Invalid", "the server rejected our request due to an error in our request: " + e.Message)
            {
                Causes = [new FieldCause("FieldValueInvalid", "patch", e.Message)],
            };
        }
    }

    private static JsonNode? Parse(ReadOnlySpan<byte> patch, List<string> duplicates)
    {
        try
        {
            return JsonTree.Parse(patch, duplicates);
        }
        catch (FormatException e)
        {
            throw NoPatch("error decoding patch: " + e.Message);
        }
    }

    private static JsonObject ObjectOf(JsonNode? patch) =>
        patch as JsonObject ?? throw NoPatch("json: cannot unmarshal " + (patch is JsonArray ? "array" : "value") + " into Go value of type map[string]interface {}");

    private static void CheckType(Kind kind, JsonObject obj)
    {
        if (obj.Text("apiVersion") != kind.ApiVersion || obj.Text("kind") != kind.Name)
        {
            throw NoPatch($"a patch may not change apiVersion or kind: {obj.Text("apiVersion")} {obj.Text("kind")} is not {kind.ApiVersion} {kind.Name}");
        }
    }

    private static ApiException NoPatch(string why) => new(400, "BadRequest", why);
}
