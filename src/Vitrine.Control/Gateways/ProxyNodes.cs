using k8s.Models;
using Vitrine.Control.Pods;
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
        if (Pods(snapshot) is not { } proxies)
        {
            return snapshot.Cluster.Nodes.Values;
        }

        var ready = proxies.Where(p => p.Spec.NodeName is not null).ToLookup(p => p.Spec.NodeName, IsReady);
        return snapshot.Cluster.Nodes.Values.Where(n => ready.Contains(n.Name)).Select(n => n with { Ready = n.Ready && ready[n.Name].Any(r => r) });
    }

    /// <summary>As they were asked for; a control plane that sees all workloads finds them by what `vitrine install` made.</summary>
    private static IEnumerable<V1Pod>? Pods(ControlSnapshot snapshot) => snapshot.Proxies?.All.Values
        ?? (snapshot.DaemonSets.All.Values.FirstOrDefault(IsOurs) is { } set ? snapshot.Pods.OwnedBy(set.Metadata.Uid).Values : null);

    private static bool IsOurs(V1DaemonSet set) =>
        PodFacts.Label(set.Metadata, "app.kubernetes.io/name") == "vitrine" && set.Spec.Template.Spec.Containers.Any(c => c.Name == Container);

    private static bool IsReady(V1Pod pod) => pod.Metadata.DeletionTimestamp is null && (pod.Status?.ContainerStatuses?.FirstOrDefault(c => c.Name == Container) is { } proxy
        ? proxy.Ready : pod.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true);
}
