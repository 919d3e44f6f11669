using Vitrine.ApiServer.Table;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Kinds;

/// <summary>Groups policy and policy.networking.k8s.io.</summary>
internal static class PolicyKinds
{
    public const string NetworkGroup = "policy.networking.k8s.io";

    /// <summary>Upstream a custom resource, here a kind as all others (https://network-policy-api.sigs.k8s.io/).</summary>
    public static Kind ClusterNetworkPolicy { get; } = new()
    {
        Group = NetworkGroup,
        Version = "v1alpha2",
        Name = "ClusterNetworkPolicy",
        Plural = "clusternetworkpolicies",
        Singular = "clusternetworkpolicy",
        Namespaced = false,
        ShortNames = ["cnp"],
        Subresources = ["status"],
        Schema = "io.k8s.networking.policy.v1alpha2.ClusterNetworkPolicy",
        CountsGeneration = true,
        HasDependents = false,
        Validate = ClusterPolicyRules.Check,
        Table = NetworkPolicyTables.ClusterPolicies,
    };

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
