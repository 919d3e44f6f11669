using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Table;

/// <summary>NetworkPolicies, and cluster-wide ones. Sources: printNetworkPolicy of pkg/printers/internalversion, printcolumns of the custom resource.</summary>
internal static class NetworkPolicyTables
{
    public static TableLayout Policies { get; } = new(
        [TableColumn.ObjectName, new("Pod-Selector", "podSelector selects the pods to which this NetworkPolicy object applies."), TableColumn.Age],
        static (policy, now) => [Ages.NameOf(policy), WorkloadCells.SelectorOf(policy.Object("spec").Object("podSelector")), Ages.Of(policy, now)]);

    public static TableLayout ClusterPolicies { get; } = new(
        [TableColumn.ObjectName, new("Tier", "Admin comes before NetworkPolicies, Baseline after them"), new("Priority", "The lowest comes first"), TableColumn.Age],
        static (policy, now) => [Ages.NameOf(policy), policy.TextAt("spec.tier"), $"{policy.Object("spec").Number("priority")}", Ages.Of(policy, now)]);
}
