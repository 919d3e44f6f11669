using System.Text.Json.Nodes;
using Vitrine.ApiServer.Cel;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Structural;

/// <summary>
/// From the openAPIV3Schema of a definition to a <see cref="StructuralSchema"/>. Takes what it finds; <see cref="SchemaRules"/> says beforehand what
/// is wrong with it.
/// </summary>
internal static class SchemaReader
{
    private static readonly string[] TestWords =
    [
        "format", "enum", "pattern", "minimum", "maximum", "multipleOf", "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "allOf", "anyOf", "oneOf", "not",
    ];

    /// <param name="schema">JSONSchemaProps.</param>
    /// <param name="withRules">Compile x-kubernetes-validations as well.</param>
    /// <param name="isRoot">The schema of the whole object, which has metadata whatever it says.</param>
    public static StructuralSchema Read(JsonObject schema, bool withRules, bool isRoot = false)
    {
        var node = Shape(schema, withRules);
        if (!withRules)
        {
            return node;
        }
        var rules = schema.Objects("x-kubernetes-validations").Select(rule => CelRule.Compile(rule, node, isRoot).Rule).ToArray();
        return rules.Length > 0 || Below(node).Any(static child => child.HasRules) ? node with { Rules = rules, HasRules = true } : node;
    }

    /// <summary>The nodes that hold the parts of a value.</summary>
    public static IEnumerable<StructuralSchema> Below(StructuralSchema node) =>
        node.Properties.Values.Concat(node.Items is null ? [] : [node.Items]).Concat(node.Additional is null ? [] : [node.Additional]);

    private static StructuralSchema Shape(JsonObject schema, bool withRules) => new()
    {
        Type = string.Intern(schema.Text("type")),
        Nullable = schema.Flag("nullable"),
        IntOrString = schema.Flag("x-kubernetes-int-or-string"),
        Preserves = schema.Flag("x-kubernetes-preserve-unknown-fields"),
        Embedded = schema.Flag("x-kubernetes-embedded-resource"),
        ListType = schema.Text("x-kubernetes-list-type"),
        ListKeys = Texts(schema.Array("x-kubernetes-list-map-keys")),
        MapType = schema.Text("x-kubernetes-map-type"),
        Default = schema["default"]?.DeepClone(),
        Properties = Properties(schema, withRules),
        Items = schema.Object("items") is { } items ? Read(items, withRules) : null,
        Additional = schema["additionalProperties"] switch
        {
            JsonObject values => Read(values, withRules),
            JsonValue any when any.TryGetValue<bool>(out var allowed) && allowed => new StructuralSchema { Preserves = true },
            _ => null,
        },
        Required = Texts(schema.Array("required")),
        Tests = Array.Exists(TestWords, schema.ContainsKey) ? Tests(schema) : null,
    };

    private static ValueTests Tests(JsonObject schema) => new()
    {
        Format = schema.Text("format"),
        Enum = schema.Array("enum") is { } values ? [.. values.Select(static v => v?.DeepClone())] : null,
        Pattern = schema.Text("pattern"),
        Minimum = Real(schema, "minimum"),
        ExclusiveMinimum = schema.Flag("exclusiveMinimum"),
        Maximum = Real(schema, "maximum"),
        ExclusiveMaximum = schema.Flag("exclusiveMaximum"),
        MultipleOf = Real(schema, "multipleOf"),
        MinLength = schema.Number("minLength"),
        MaxLength = schema.Number("maxLength"),
        MinItems = schema.Number("minItems"),
        MaxItems = schema.Number("maxItems"),
        MinProperties = schema.Number("minProperties"),
        MaxProperties = schema.Number("maxProperties"),
        AllOf = Many(schema, "allOf"),
        AnyOf = Many(schema, "anyOf"),
        OneOf = Many(schema, "oneOf"),
        Not = schema.Object("not") is { } not ? Read(not, withRules: false) : null,
    };

    private static IReadOnlyDictionary<string, StructuralSchema> Properties(JsonObject schema, bool withRules) => schema.Object("properties") is not { Count: > 0 } properties
        ? StructuralSchema.NoProperties
        : properties.Where(static p => p.Value is JsonObject).OrderBy(static p => p.Key, StringComparer.Ordinal)
            .ToDictionary(static p => p.Key, p => Read(p.Value!.AsObject(), withRules), StringComparer.Ordinal);

    private static StructuralSchema[] Many(JsonObject schema, string field) => [.. schema.Objects(field).Select(static part => Read(part, withRules: false))];

    private static string[] Texts(JsonArray? list) => [.. (list ?? []).Select(static t => t.AsText()).OfType<string>()];

    private static double? Real(JsonObject schema, string field) => schema[field] is { } node ? Numbers.Real(node) : null;
}
