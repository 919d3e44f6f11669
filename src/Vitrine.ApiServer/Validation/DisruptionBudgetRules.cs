using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>Source: ValidatePodDisruptionBudget of pkg/apis/policy/validation.</summary>
internal static class DisruptionBudgetRules
{
    public static void Check(JsonObject budget, JsonObject? old, List<FieldCause> causes)
    {
        var spec = budget.Object("spec") ?? [];
        if (spec.Has("minAvailable") && spec.Has("maxUnavailable"))
        {
            causes.Add(Cause.Invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set"));
        }
        PercentRules.Check(spec, "spec", "minAvailable", cap: true, causes);
        PercentRules.Check(spec, "spec", "maxUnavailable", cap: true, causes);
        SelectorRules.Check(spec.Object("selector"), "spec.selector", causes);
        causes.OneOf(spec, "spec", "unhealthyPodEvictionPolicy", "AlwaysAllow", "IfHealthyBudget");
        foreach (var count in (ReadOnlySpan<string>)["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"])
        {
            causes.AtLeastZero(budget.Object("status"), "status", count);
        }
    }
}
