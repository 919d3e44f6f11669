using System.Text;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Protobuf;
using Vitrine.ApiServer.Schema;

namespace Vitrine.ApiServer.Objects;

/// <summary>From a request's body to an object of a kind, with upstream's words for everything that can be wrong with it.</summary>
internal static class ObjectDecoder
{
    /// <summary>Upstream names so many faults and no more.</summary>
    private const int MaxStrictErrors = 100;

    /// <summary>Throws <see cref="ApiException"/>: 415 for an unknown content type, 400 for everything else.</summary>
    /// <param name="body">JSON, YAML or protobuf, as <paramref name="contentType"/> says; JSON when it says nothing.</param>
    /// <param name="contentType">The request's Content-Type, parameters allowed.</param>
    /// <param name="kind">What the path asks for; an absent apiVersion or kind is filled in from it.</param>
    /// <param name="mode">What to do about unknown and duplicate fields.</param>
    /// <param name="warnings">Gets one line a field in mode Warn.</param>
    public static JsonObject Decode(ReadOnlyMemory<byte> body, string? contentType, Kind kind, FieldValidation mode, List<string> warnings)
    {
        var duplicates = new List<string>();
        var node = Parse(body.Span, contentType, kind, duplicates);
        if (node is not JsonObject obj)
        {
            throw Unrecognized(kind, node is null
                ? "couldn't get version/kind; json parse error: unexpected end of JSON input"
                : "couldn't get version/kind; json parse error: json: cannot unmarshal " + (node is JsonArray ? "array" : "value") + " into Go value of type struct { APIVersion string; Kind string }");
        }
        CheckType(obj, kind);
        Conform(obj, kind, duplicates, mode, warnings);
        return obj;
    }

    /// <summary>The same for one that must say what it is.</summary>
    public static JsonObject DecodeTyped(ReadOnlyMemory<byte> body, string? contentType, Kind kind, FieldValidation mode, List<string> warnings)
    {
        var duplicates = new List<string>();
        if (Parse(body.Span, contentType, kind, duplicates) is not JsonObject obj || obj.Text("kind").Length == 0 || obj.Text("apiVersion").Length == 0)
        {
            throw new ApiException(400, "BadRequest", $"error decoding YAML: the body must be an object with apiVersion and kind: {kind.ApiVersion}, {kind.Name}");
        }
        CheckType(obj, kind);
        Conform(obj, kind, duplicates, mode, warnings);
        return obj;
    }

    /// <summary>Checks fields and types of an object that did not come from a body as it is, such as a patched one.</summary>
    public static void Conform(JsonObject obj, Kind kind, List<string> duplicates, FieldValidation mode, List<string> warnings)
    {
        var unknown = new List<string>();
        try
        {
            if (kind.Custom is { } custom)
            {
                custom.Conform(obj, unknown);
            }
            else
            {
                new Conformer(unknown).Conform(obj, SchemaSet.Get(kind.Schema));
            }
        }
        catch (TypeMismatchException e)
        {
            throw CannotBeHandled(kind, e.Message);
        }
        if (mode == FieldValidation.Ignore || (unknown.Count == 0 && duplicates.Count == 0))
        {
            return;
        }
        var faults = duplicates.Select(f => $"duplicate field \"{f}\"")
            .Concat(unknown.Select(f => $"unknown field \"{f}\""))
            .Take(MaxStrictErrors);
        if (mode == FieldValidation.Strict)
        {
            throw CannotBeHandled(kind, "strict decoding error: " + string.Join(", ", faults));
        }
        warnings.AddRange(faults);
    }

    private static JsonNode? Parse(ReadOnlySpan<byte> body, string? contentType, Kind kind, List<string> duplicates)
    {
        var media = MediaType(contentType);
        try
        {
            return media switch
            {
                "" or "*/*" or "application/json" => JsonTree.Parse(body, duplicates),
                "application/yaml" => YamlTree.Parse(Encoding.UTF8.GetString(body), duplicates),
                ProtobufBody.MediaType when HasProtobuf(kind) => ProtobufBody.Decode(body, kind.Schema, kind.Name),
                _ => throw new ApiException(415, "UnsupportedMediaType",
                    "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml" + (HasProtobuf(kind) ? ", application/vnd.kubernetes.protobuf" : "")),
            };
        }
        catch (FormatException e)
        {
            throw Unrecognized(kind, "couldn't get version/kind; json parse error: " + e.Message);
        }
    }

    /// <summary>"application/json" of "application/json; charset=utf-8"; "" when absent.</summary>
    public static string MediaType(string? contentType) =>
        (contentType ?? "").Split(';', 2)[0].Trim().ToLowerInvariant();

    // Nothing numbers the fields of custom kinds; of their definitions the API server has no numbers.
    private static bool HasProtobuf(Kind kind) => kind.Custom is null && kind.Group != ApiExtensionsKinds.Group;

    private static void CheckType(JsonObject obj, Kind kind)
    {
        foreach (var field in (ReadOnlySpan<string>)["apiVersion", "kind"])
        {
            if (obj[field] is { } given && given.AsText() is null)
            {
                throw Unrecognized(kind, $"couldn't get version/kind; json parse error: json: cannot unmarshal {given.GetValueKind().ToString().ToLowerInvariant()} into Go struct field .{field} of type string");
            }
        }
        var (apiVersion, name) = (obj.Text("apiVersion"), obj.Text("kind"));
        if (apiVersion.Length > 0 && apiVersion != kind.ApiVersion)
        {
            throw new ApiException(400, "BadRequest",
                $"the API version in the data ({apiVersion}) does not match the expected API version ({kind.ApiVersion})");
        }
        if (name.Length > 0 && name != kind.Name)
        {
            throw new ApiException(400, "BadRequest",
                $"{name} in version \"{kind.Version}\" cannot be handled as a {kind.Name}: converting ({kind.Version}.{name}) to ({kind.Version}.{kind.Name}): unknown conversion");
        }
        obj["apiVersion"] = kind.ApiVersion;
        obj["kind"] = kind.Name;
    }

    private static ApiException CannotBeHandled(Kind kind, string why) =>
        new(400, "BadRequest", $"{kind.Name} in version \"{kind.Version}\" cannot be handled as a {kind.Name}: {why}");

    private static ApiException Unrecognized(Kind kind, string why) =>
        new(400, "BadRequest", $"the object provided is unrecognized (must be of type {kind.Name}): {why}");
}
