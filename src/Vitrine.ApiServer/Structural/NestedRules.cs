using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Structural;

/// <summary>
/// What may stand below allOf, anyOf, oneOf and not: only tests of values, and of fields that the schema itself has (validateNestedValueValidation,
/// validateNestedValueValidationCompleteness).
/// </summary>
internal static class NestedRules
{
    private static readonly (string Word, string Must)[] Structure =
    [
        ("description", "must be empty to be structural"), ("title", "must be empty to be structural"), ("type", "must be empty to be structural"),
        ("default", "must be undefined to be structural"), ("additionalProperties", "must be undefined to be structural"), ("nullable", "must be false to be structural"),
        ("x-kubernetes-preserve-unknown-fields", "must be false to be structural"), ("x-kubernetes-embedded-resource", "must be false to be structural"),
        ("x-kubernetes-int-or-string", "must be false to be structural"), ("x-kubernetes-list-type", "must be undefined to be structural"),
        ("x-kubernetes-list-map-keys", "must be empty to be structural"), ("x-kubernetes-map-type", "must be undefined to be structural"),
        ("x-kubernetes-validations", "must be empty to be structural"),
    ];

    public static void Check(JsonObject schema, string path, List<FieldCause> causes) => Junctors(schema, schema, path, schema.Flag("x-kubernetes-int-or-string"), causes);

    private static void Junctors(JsonObject schema, JsonObject? structural, string path, bool isIntOrString, List<FieldCause> causes)
    {
        foreach (var word in (ReadOnlySpan<string>)["allOf", "anyOf", "oneOf"])
        {
            var index = 0;
            foreach (var part in schema.Objects(word))
            {
                // The two ways of old to write int-or-string may name the types: anyOf [integer, string], alone or first in allOf.
                var spelled = isIntOrString && (word == "anyOf" ? IsIntOrString(schema) : word == "allOf" && index == 0 && IsIntOrString(part));
                Part(part, structural, $"{path}.{word}[{index++}]", word == "anyOf" && spelled, isIntOrString && word == "allOf" && spelled, causes);
            }
        }
        if (schema.Object("not") is { } not)
        {
            Part(not, structural, $"{path}.not", false, false, causes);
        }
    }

    /// <param name="structural">The node of the schema that stands for the same value; null when there is none.</param>
    private static void Part(JsonObject part, JsonObject? structural, string path, bool mayNameType, bool isIntOrString, List<FieldCause> causes)
    {
        SchemaRules.Keywords(part, path, causes);
        foreach (var (word, must) in Structure)
        {
            if (part.Has(word) && !(word == "type" && mayNameType) && !(part[word] is JsonValue given && given.TryGetValue<bool>(out var flag) && !flag))
            {
                causes.Add(Cause.Forbidden($"{path}.{word}", must));
            }
        }
        foreach (var (name, property) in part.Object("properties") ?? [])
        {
            var below = structural.Object("properties").Object(name) ?? structural.Object("additionalProperties");
            Below(property as JsonObject, below, $"{path}.properties[{name}]", $"properties[{name}]", causes);
        }
        if (part.Object("items") is { } items)
        {
            Below(items, structural.Object("items"), $"{path}.items", "items", causes);
        }
        Junctors(part, structural, path, isIntOrString, causes);
    }

    private static void Below(JsonObject? part, JsonObject? structural, string path, string step, List<FieldCause> causes)
    {
        if (part is null)
        {
            return;
        }
        if (structural is null)
        {
            causes.Add(Cause.Required(Outside(path, step), $"because it is defined in {path}"));
        }
        Part(part, structural, path, false, false, causes);
    }

    /// <summary>Where the schema should have said it: the path without the junctors.</summary>
    private static string Outside(string path, string step)
    {
        var steps = path.Split('.').Where(static s => !s.StartsWith("allOf[", StringComparison.Ordinal) && !s.StartsWith("anyOf[", StringComparison.Ordinal) && !s.StartsWith("oneOf[", StringComparison.Ordinal) && s != "not");
        return string.Join('.', steps) is { Length: > 0 } outside ? outside : step;
    }

    private static bool IsIntOrString(JsonObject schema) => schema.Array("anyOf") is [JsonObject one, JsonObject other]
        && (one.Text("type"), other.Text("type")) is ("integer", "string") or ("string", "integer");
}
