using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;

namespace Vitrine.ApiServer.Validation;

/// <summary>Faults of fields in the words of k8s.io/apimachinery pkg/util/validation/field.</summary>
internal static class Cause
{
    public const string Immutable = "field is immutable";

    public static FieldCause Required(string field, string detail = "") =>
        new("FieldValueRequired", field, Join("Required value", detail));

    public static FieldCause Invalid(string field, string value, string detail) =>
        new("FieldValueInvalid", field, Join("Invalid value: " + Quote(value), detail));

    public static FieldCause Invalid(string field, long value, string detail) =>
        new("FieldValueInvalid", field, Join("Invalid value: " + value.ToString(CultureInfo.InvariantCulture), detail));

    public static FieldCause Invalid(string field, JsonNode? value, string detail) =>
        value.Text() is { } text ? Invalid(field, text, detail)
        : new("FieldValueInvalid", field, Join("Invalid value: " + Shown(value), detail));

    public static FieldCause NotSupported(string field, string value, params ReadOnlySpan<string> supported)
    {
        var quoted = string.Join(", ", supported.ToArray().Select(Quote));
        return new("FieldValueNotSupported", field, Join("Unsupported value: " + Quote(value), "supported values: " + quoted));
    }

    public static FieldCause Duplicate(string field, string value) =>
        new("FieldValueDuplicate", field, "Duplicate value: " + Quote(value));

    public static FieldCause NotSupported(string field, JsonNode? value, IReadOnlyList<JsonNode?> supported) =>
        new("FieldValueNotSupported", field, Join("Unsupported value: " + Shown(value), "supported values: " + string.Join(", ", supported.Select(static one => one.Text() is { } text ? Quote(text) : Quote(one?.ToJsonString() ?? "null")))));

    public static FieldCause TooMany(string field, long actual, long most) => new("FieldValueTooMany", field,
        string.Create(CultureInfo.InvariantCulture, $"Too many: {actual}: must have at most {most} items"));

    public static FieldCause Duplicate(string field, JsonNode? value) => new("FieldValueDuplicate", field, "Duplicate value: " + Shown(value));

    public static FieldCause Duplicate(string field, long value) =>
        new("FieldValueDuplicate", field, "Duplicate value: " + value.ToString(CultureInfo.InvariantCulture));

    public static FieldCause Forbidden(string field, string detail) =>
        new("FieldValueForbidden", field, Join("Forbidden", detail));

    public static FieldCause NotFound(string field, string value) =>
        new("FieldValueNotFound", field, "Not found: " + Quote(value));

    public static FieldCause TooLong(string field, int most) =>
        new("FieldValueTooLong", field, string.Create(CultureInfo.InvariantCulture, $"Too long: may not be more than {most} bytes"));

    public static string Quote(string text) => "\"" + JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping) + "\"";

    private static string? Text(this JsonNode? node) => Objects.JsonFields.AsText(node);

    private static string Shown(JsonNode? value) => value.Text() is { } text ? Quote(text) : value?.ToJsonString() ?? "null";

    private static string Join(string what, string detail) => detail.Length == 0 ? what : what + ": " + detail;
}
