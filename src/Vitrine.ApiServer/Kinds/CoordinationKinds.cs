using Vitrine.ApiServer.Table;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Kinds;

/// <summary>Group coordination.k8s.io.</summary>
internal static class CoordinationKinds
{
    public static Kind Lease { get; } = new()
    {
        Group = "coordination.k8s.io",
        Version = "v1",
        Name = "Lease",
        Plural = "leases",
        Singular = "lease",
        Namespaced = true,
        Schema = "io.k8s.api.coordination.v1.Lease",
        Validate = LeaseRules.Check,
        Table = LeaseTable.Layout,
    };
}
