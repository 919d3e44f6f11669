using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Selectors;

/// <summary>metav1.LabelSelector, the selector inside objects.</summary>
internal static class SelectorObject
{
    /// <summary>Null, which selects nothing, when there is none or it cannot be understood; an empty one selects everything.</summary>
    public static LabelSelector? Read(JsonObject? selector)
    {
        if (selector is null)
        {
            return null;
        }
        List<LabelRequirement> requirements = [.. (selector.Object("matchLabels") ?? []).Select(static pair => new LabelRequirement(pair.Key, LabelOperator.In, [pair.Value.AsText() ?? ""]))];
        foreach (var expression in selector.Objects("matchExpressions"))
        {
            if (Operator(expression.Text("operator")) is not { } op)
            {
                return null;
            }
            requirements.Add(new LabelRequirement(expression.Text("key"), op, [.. (expression.Array("values") ?? []).Select(static value => value.AsText() ?? "")]));
        }
        return new LabelSelector([.. requirements.OrderBy(static requirement => requirement.Key, StringComparer.Ordinal)]);
    }

    /// <summary>A map of labels that must all be there, as a ReplicationController's.</summary>
    public static LabelSelector OfLabels(JsonObject? labels) => Read(new JsonObject { ["matchLabels"] = labels?.DeepClone() })!;

    /// <summary>In the syntax of the labelSelector query parameter: what kubectl prints and an autoscaler asks with.</summary>
    public static string Text(this LabelSelector selector) => string.Join(',', selector.Requirements.Select(static requirement => requirement switch
    {
        { Operator: LabelOperator.Exists } => requirement.Key,
        { Operator: LabelOperator.DoesNotExist } => "!" + requirement.Key,
        { Operator: LabelOperator.In, Values: [var only] } => $"{requirement.Key}={only}",
        { Operator: LabelOperator.In } => $"{requirement.Key} in ({Values(requirement)})",
        _ => $"{requirement.Key} notin ({Values(requirement)})",
    }));

    public static bool Selects(this LabelSelector? selector, JsonObject? labels) =>
        selector?.Matches((labels ?? []).ToDictionary(static pair => pair.Key, static pair => pair.Value.AsText() ?? "", StringComparer.Ordinal)) == true;

    public static LabelOperator? Operator(string name) => name switch
    {
        "In" => LabelOperator.In,
        "NotIn" => LabelOperator.NotIn,
        "Exists" => LabelOperator.Exists,
        "DoesNotExist" => LabelOperator.DoesNotExist,
        _ => null,
    };

    private static string Values(LabelRequirement requirement) => string.Join(',', requirement.Values.Order(StringComparer.Ordinal));
}
