using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Structural;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Cel;

/// <summary>The rules of a definition's schema: what does not compile is refused with it (ValidateCustomResourceDefinitionOpenAPISchema).</summary>
internal static class RuleRules
{
    public static void Check(JsonObject schema, string path, List<FieldCause> causes) => Node(schema, path, isRoot: true, uncorrelatable: null, causes);

    /// <param name="uncorrelatable">Path of the list around it whose items have no identity; null where there is none.</param>
    private static void Node(JsonObject schema, string path, bool isRoot, string? uncorrelatable, List<FieldCause> causes)
    {
        if (schema.Array("x-kubernetes-validations") is { Count: > 0 } rules)
        {
            var self = SchemaReader.Read(schema, withRules: false);
            foreach (var (rule, i) in rules.OfType<JsonObject>().Select(static (rule, i) => (rule, i)))
            {
                Rule(rule, self, $"{path}.x-kubernetes-validations[{i}]", isRoot, uncorrelatable, causes);
            }
        }
        foreach (var (name, property) in schema.Object("properties") ?? [])
        {
            if (property is JsonObject inner)
            {
                Node(inner, $"{path}.properties[{name}]", false, uncorrelatable, causes);
            }
        }
        if (schema.Object("items") is { } items)
        {
            Node(items, $"{path}.items", false, uncorrelatable ?? (schema.Text("x-kubernetes-list-type") == "map" ? null : path), causes);
        }
        if (schema.Object("additionalProperties") is { } values)
        {
            Node(values, $"{path}.additionalProperties", false, uncorrelatable, causes);
        }
    }

    private static void Rule(JsonObject rule, StructuralSchema self, string path, bool isRoot, string? uncorrelatable, List<FieldCause> causes)
    {
        if (rule.Text("rule").Trim().Length == 0)
        {
            causes.Add(Cause.Required($"{path}.rule", "rule is not specified"));
            return;
        }
        causes.OneOf(rule, path, "reason", "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired");
        if (rule.Text("message") is { Length: > 0 } message && (message.Trim().Length == 0 || message.Contains('\n', StringComparison.Ordinal) || message.Length > 2048))
        {
            causes.Add(Cause.Invalid($"{path}.message", message, "message must be non-empty if specified, must not contain line breaks, and have at most 2048 characters"));
        }
        if (rule.Text("rule").Contains('\n', StringComparison.Ordinal) && rule.Text("message").Length == 0 && rule.Text("messageExpression").Length == 0)
        {
            causes.Add(Cause.Required($"{path}.message", "message must be specified if rule contains line breaks"));
        }
        var (compiled, faults) = CelRule.Compile(rule, self, isRoot);
        foreach (var (field, why) in faults)
        {
            causes.Add(Cause.Invalid($"{path}.{field}", rule[field], why));
        }
        if (compiled.IsTransition && uncorrelatable is not null)
        {
            causes.Add(Cause.Invalid($"{path}.rule", rule.Text("rule"), $"oldSelf cannot be used on the uncorrelatable portion of the schema within {uncorrelatable}"));
        }
    }
}
