using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Watching;

/// <summary>
/// ClusterNetworkPolicies. Most clusters have no such kind until somebody installs it: they have none of it. A kind that is there and may not be read is no
/// kind without objects, since that would open what a policy closes.
/// </summary>
public static class ClusterPolicyWatch
{
    /// <summary>Changes in order, by cluster-wide name. Ends only by cancellation.</summary>
    public static IAsyncEnumerable<WatchChange<ClusterNetworkPolicy>> RunAsync(OptionalKinds kinds, CancellationToken ct) =>
        kinds.WatchAsync("policy.networking.k8s.io", "v1alpha2", "clusternetworkpolicies", ClusterPolicyReader.Read, refusedIsNone: false, ct);
}
