using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Structural;

namespace Vitrine.ApiServer.Cel;

/// <summary>
/// Asks all rules of a schema about an object (k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go). A rule that does not look back says
/// nothing about what an update left as it was (KEP-4008).
/// </summary>
internal sealed class CelRules(List<FieldCause> causes)
{
    private readonly CelBudget _budget = new();

    /// <param name="value">Valid by its schema.</param>
    /// <param name="old">Null on create.</param>
    /// <param name="schema">Of both.</param>
    /// <param name="causes">Gets what is wrong.</param>
    public static void Check(JsonObject value, JsonObject? old, StructuralSchema schema, List<FieldCause> causes)
    {
        try
        {
            new CelRules(causes).Walk(value, old, schema, "");
        }
        catch (CelCostFault fault)
        {
            causes.Add(new FieldCause("FieldValueInvalid", "", $"Invalid value: \"object\": {fault.Message}"));
        }
    }

    private void Walk(JsonNode? value, JsonNode? old, StructuralSchema schema, string path)
    {
        if (!schema.HasRules || value is null)
        {
            return;
        }
        var unchanged = old is not null && JsonNode.DeepEquals(value, old);
        foreach (var rule in schema.Rules)
        {
            if (rule.IsTransition ? old is not null || rule.HasOptionalOldSelf : !unchanged)
            {
                Ask(rule, value, old, schema, path);
            }
        }
        switch (value)
        {
            case JsonObject map:
                foreach (var (name, inner) in map)
                {
                    if ((schema.Properties.GetValueOrDefault(name) ?? schema.Additional) is { } of)
                    {
                        Walk(inner, (old as JsonObject)?[name], of, path.Length == 0 ? name : schema.Additional is null ? $"{path}.{name}" : $"{path}[{name}]");
                    }
                }
                break;
            case JsonArray list when schema.Items is { } items:
                var before = ListRules.Before(list, old as JsonArray, schema);
                for (var i = 0; i < list.Count; i++)
                {
                    Walk(list[i], before(i), items, $"{path}[{i}]");
                }
                break;
        }
    }

    private void Ask(CelRule rule, JsonNode value, JsonNode? old, StructuralSchema schema, string path)
    {
        var type = schema.IntOrString ? "integer or string" : schema.Type;
        if (rule.Expression is null || rule.Fault.Length > 0)
        {
            causes.Add(Invalid(path, type, $"rule {rule.Source} of the definition cannot be evaluated: {rule.Fault}"));
            return;
        }
        var before = old is null ? null : CelValues.From(old, rule.Schema);
        var scope = new CelScope("self", CelValues.From(value, rule.Schema), null);
        scope = new CelScope("oldSelf", rule.HasOptionalOldSelf ? old is null ? CelOptional.None : CelOptional.Of(before) : before, scope);
        _budget.BeginCall();
        try
        {
            if (new CelEvaluator(_budget).Evaluate(rule.Expression, scope) is not true)
            {
                causes.Add(Broken(rule, path, type, Message(rule, scope)));
            }
        }
        catch (CelFault fault) when (fault is not CelCostFault)
        {
            causes.Add(Invalid(path, type, $"{fault.Message} evaluating rule: {rule.Source}"));
        }
    }

    /// <summary>The message the rule makes, or the one it has; one that cannot be made is passed over.</summary>
    private string Message(CelRule rule, CelScope scope)
    {
        if (rule.MessageExpression is { } expression)
        {
            try
            {
                _budget.BeginCall();
                if (new CelEvaluator(_budget).Evaluate(expression, scope) is string { Length: > 0 and <= 5120 } made && made.Trim().Length > 0 && !made.Contains('\n', StringComparison.Ordinal))
                {
                    return made.Trim();
                }
            }
            catch (CelFault fault) when (fault is not CelCostFault)
            {
                // Upstream falls back to the message as well.
            }
        }
        return rule.Message.Length > 0 ? rule.Message : $"failed rule: {rule.Source}";
    }

    private static FieldCause Broken(CelRule rule, string path, string type, string message)
    {
        var at = (path + rule.FieldPath).TrimStart('.');
        return rule.Reason switch
        {
            "FieldValueForbidden" => new FieldCause(rule.Reason, at, $"Forbidden: {message}"),
            "FieldValueRequired" => new FieldCause(rule.Reason, at, $"Required value: {message}"),
            "FieldValueDuplicate" => new FieldCause(rule.Reason, at, $"Duplicate value: \"{type}\""),
            _ => Invalid(at, type, message),
        };
    }

    private static FieldCause Invalid(string path, string type, string message) => new("FieldValueInvalid", path, $"Invalid value: \"{type}\": {message}");
}
