using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Selectors;

namespace Vitrine.ApiServer.Validation;

/// <summary>A label selector inside an object. Source: k8s.io/apimachinery pkg/apis/meta/v1/validation.</summary>
internal static class SelectorRules
{
    public static void Check(JsonObject? selector, string path, List<FieldCause> causes)
    {
        causes.Labels(selector.Object("matchLabels"), $"{path}.matchLabels");
        var index = 0;
        foreach (var expression in selector.Objects("matchExpressions"))
        {
            Expression(expression, $"{path}.matchExpressions[{index++}]", causes);
        }
    }

    private static void Expression(JsonObject expression, string path, List<FieldCause> causes)
    {
        var values = expression.Array("values");
        switch (SelectorObject.Operator(expression.Text("operator")))
        {
            case LabelOperator.In or LabelOperator.NotIn when values is not { Count: > 0 }:
                causes.Add(Cause.Required($"{path}.values", "must be specified when `operator` is 'In' or 'NotIn'"));
                break;
            case LabelOperator.Exists or LabelOperator.DoesNotExist when values is { Count: > 0 }:
                causes.Add(Cause.Forbidden($"{path}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
                break;
            case null:
                causes.Add(Cause.Invalid($"{path}.operator", expression.Text("operator"), "not a valid selector operator"));
                break;
        }
        causes.Named($"{path}.key", expression.Text("key"), Names.Qualified);
        for (var i = 0; i < values?.Count; i++)
        {
            causes.Named($"{path}.values[{i}]", values[i].AsText() ?? "", Names.LabelValue);
        }
    }
}
