using System.Text;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

internal static class ConfigMapRules
{
    /// <summary>Of all values together, in bytes; Secrets have the same limit.</summary>
    public const int MaxBytes = 1024 * 1024;

    public static void Check(JsonObject map, JsonObject? old, List<FieldCause> causes)
    {
        var (text, binary) = (map.Object("data") ?? [], map.Object("binaryData") ?? []);
        var size = 0L;
        foreach (var (key, value) in text)
        {
            causes.Named($"data[{key}]", key, Names.ConfigKey);
            if (binary.ContainsKey(key))
            {
                causes.Add(Cause.Invalid($"data[{key}]", key, "duplicate of key present in binaryData"));
            }
            size += Encoding.UTF8.GetByteCount(value.AsText() ?? "");
        }
        foreach (var (key, value) in binary)
        {
            causes.Named($"binaryData[{key}]", key, Names.ConfigKey);
            size += DecodedLength(value);
        }
        if (size > MaxBytes)
        {
            causes.Add(Cause.TooLong("", MaxBytes));
        }
        if (old.Flag("immutable"))
        {
            Frozen(map, old, causes, "data", "binaryData");
        }
    }

    /// <summary>What an immutable ConfigMap or Secret may not change.</summary>
    public static void Frozen(JsonObject now, JsonObject? old, List<FieldCause> causes, params ReadOnlySpan<string> fields)
    {
        const string detail = "field is immutable when `immutable` is set";
        if (!now.Flag("immutable"))
        {
            causes.Add(Cause.Forbidden("immutable", detail));
        }
        foreach (var field in fields)
        {
            if (!JsonNode.DeepEquals(now[field], old?[field]))
            {
                causes.Add(Cause.Forbidden(field, detail));
            }
        }
    }

    /// <summary>Bytes that a base64 text stands for.</summary>
    public static long DecodedLength(JsonNode? value) =>
        System.Buffers.Text.Base64.IsValid(value.AsText() ?? "", out var length) ? length : 0;
}
