using k8s.Models;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control.Gateways;

/// <summary>Nodes that a door leads to.</summary>
internal static class ProxyNodes
{
    private const string Container = "gateway";

    /// <summary>
    /// All of them, or, where proxies are pods, those that have one: it counts as ready as long as its own container is and nobody ends the pod, so that a door closes before a
    /// proxy goes, and not because the agent beside it starts anew.
    /// </summary>
    public static IEnumerable<Node> Of(ControlSnapshot snapshot)
    {
        if (snapshot.Proxies is not { } proxies)
        {
            return snapshot.Cluster.Nodes.Values;
        }

        var ready = proxies.All.Values.Where(p => p.Spec.NodeName is not null).ToLookup(p => p.Spec.NodeName, IsReady);
        return snapshot.Cluster.Nodes.Values.Where(n => ready.Contains(n.Name)).Select(n => n with { Ready = n.Ready && ready[n.Name].Any(r => r) });
    }

    private static bool IsReady(V1Pod pod) => pod.Metadata.DeletionTimestamp is null && (pod.Status?.ContainerStatuses?.FirstOrDefault(c => c.Name == Container) is { } proxy
        ? proxy.Ready : pod.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true);
}
