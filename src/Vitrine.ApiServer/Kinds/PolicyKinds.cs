using Vitrine.ApiServer.Table;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Kinds;

/// <summary>Group policy.</summary>
internal static class PolicyKinds
{
    public static Kind PodDisruptionBudget { get; } = new()
    {
        Group = "policy",
        Version = "v1",
        Name = "PodDisruptionBudget",
        Plural = "poddisruptionbudgets",
        Singular = "poddisruptionbudget",
        Namespaced = true,
        ShortNames = ["pdb"],
        Subresources = ["status"],
        Schema = "io.k8s.api.policy.v1.PodDisruptionBudget",
        CountsGeneration = true,
        Validate = DisruptionBudgetRules.Check,
        Table = DisruptionBudgetTable.Layout,
    };
}
