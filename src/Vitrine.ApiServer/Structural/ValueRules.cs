using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Structural;

/// <summary>
/// Judges a value by its schema, in the words of k8s.io/kube-openapi/pkg/validation/errors as apiextensions-apiserver passes them on. What an update
/// leaves as it was is not judged again (KEP-4008, ratcheting): a schema may have grown stricter since.
/// </summary>
internal static class ValueRules
{
    /// <param name="value">Never changed.</param>
    /// <param name="old">What was there before, null for none.</param>
    /// <param name="schema">Of both.</param>
    /// <param name="path">Of the value, "" for the whole object.</param>
    /// <param name="causes">Gets what is wrong.</param>
    public static void Check(JsonNode? value, JsonNode? old, StructuralSchema schema, string path, List<FieldCause> causes)
    {
        if (old is not null && JsonNode.DeepEquals(value, old))
        {
            return;
        }
        if (value is null)
        {
            if (!schema.Nullable && schema.Type.Length > 0)
            {
                causes.Add(WrongType(value, schema.Type, path));
            }
            return;
        }
        if (schema.IntOrString && !(value.AsText() is not null || Numbers.Whole(value) is not null))
        {
            causes.Add(WrongType(value, "integer,string", path));
            return;
        }
        if (schema.Type.Length > 0 && !IsOf(value, schema.Type))
        {
            causes.Add(WrongType(value, schema.Type, path));
            return;
        }
        if (schema.Tests?.Enum is { } allowed && !allowed.Any(one => JsonNode.DeepEquals(one, value)))
        {
            causes.Add(Cause.NotSupported(path, value, allowed));
        }
        switch (value)
        {
            case JsonObject map:
                MapRules.Check(map, old as JsonObject, schema, path, causes);
                break;
            case JsonArray list:
                ListRules.Check(list, old as JsonArray, schema, path, causes);
                break;
            default:
                Scalar(value, schema, path, causes);
                break;
        }
        if (schema.Tests is { } tests)
        {
            JunctorRules.Check(value, tests, path, causes);
        }
    }

    public static FieldCause WrongType(JsonNode? value, string type, string path)
    {
        var found = Name(value);
        return new FieldCause("FieldValueTypeInvalid", path, $"Invalid value: {Cause.Quote(found)}: {In(path)} must be of type {type}: {Cause.Quote(found)}");
    }

    /// <summary>"spec.replicas in body": how upstream names a value in its messages.</summary>
    public static string In(string path) => $"{path} in body";

    private static bool IsOf(JsonNode value, string type) => type switch
    {
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value.AsText() is not null,
        "boolean" => value.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "integer" => Numbers.Whole(value) is not null,
        "number" => value.GetValueKind() == JsonValueKind.Number,
        _ => true,
    };

    private static string Name(JsonNode? value) => value switch
    {
        null => "null",
        JsonObject => "object",
        JsonArray => "array",
        _ => value.GetValueKind() switch
        {
            JsonValueKind.String => "string",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            _ => Numbers.Whole(value) is null ? "number" : "integer",
        },
    };

    private static void Scalar(JsonNode value, StructuralSchema schema, string path, List<FieldCause> causes)
    {
        if (schema.Tests is not { } tests)
        {
            return;
        }
        if (value.AsText() is { } text)
        {
            Text(text, tests, path, causes);
        }
        else if (Numbers.Real(value) is { } number)
        {
            Number(value, number, schema.Type, tests, path, causes);
        }
    }

    private static void Text(string text, ValueTests tests, string path, List<FieldCause> causes)
    {
        if (tests.MaxLength is { } most && Runes(text) > most)
        {
            causes.Add(Cause.TooLong(path, (int)Math.Min(most, int.MaxValue)));
        }
        if (tests.MinLength is { } least && Runes(text) < least)
        {
            causes.Add(Cause.Invalid(path, text, $"{In(path)} should be at least {least} chars long"));
        }
        if (tests.Matcher?.IsMatch(text) == false)
        {
            causes.Add(Cause.Invalid(path, text, $"{In(path)} should match '{tests.Pattern}'"));
        }
        if (tests.Format.Length > 0 && !Formats.Accepts(tests.Format, text))
        {
            causes.Add(Cause.Invalid(path, text, $"{In(path)} must be of type {tests.Format}: {Cause.Quote(text)}"));
        }
    }

    private static long Runes(string text) => text.EnumerateRunes().LongCount();

    private static void Number(JsonNode value, double number, string type, ValueTests tests, string path, List<FieldCause> causes)
    {
        if (tests.Minimum is { } least && (tests.ExclusiveMinimum ? number <= least : number < least))
        {
            causes.Add(Cause.Invalid(path, value, $"{In(path)} should be greater than {(tests.ExclusiveMinimum ? "" : "or equal to ")}{Numbers.Text(least)}"));
        }
        if (tests.Maximum is { } most && (tests.ExclusiveMaximum ? number >= most : number > most))
        {
            causes.Add(Cause.Invalid(path, value, $"{In(path)} should be less than {(tests.ExclusiveMaximum ? "" : "or equal to ")}{Numbers.Text(most)}"));
        }
        if (tests.MultipleOf is > 0 and { } factor && Math.Abs(Math.IEEERemainder(number, factor)) > 1e-9 * Math.Max(1, Math.Abs(number)))
        {
            causes.Add(Cause.Invalid(path, value, $"{In(path)} should be a multiple of {Numbers.Text(factor)}"));
        }
        if ((tests.Format == "int32" && number is (< int.MinValue or > int.MaxValue)) || (tests.Format == "float" && Math.Abs(number) > float.MaxValue))
        {
            causes.Add(Cause.Invalid(path, value, $"{In(path)} must be of type {type} with format {tests.Format}"));
        }
    }
}
