using k8s.Models;
using Vitrine.Control.Pods;
using Vitrine.Model.Plans.Scheduling;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control.Daemons;

/// <summary>Which nodes a DaemonSet wants a pod on, and the pod for a node.</summary>
internal static class DaemonNodes
{
    private static readonly (string Key, string Effect)[] Tolerated =
    [
        ("node.kubernetes.io/not-ready", "NoExecute"),
        ("node.kubernetes.io/unreachable", "NoExecute"),
        ("node.kubernetes.io/disk-pressure", "NoSchedule"),
        ("node.kubernetes.io/memory-pressure", "NoSchedule"),
        ("node.kubernetes.io/pid-pressure", "NoSchedule"),
        ("node.kubernetes.io/unschedulable", "NoSchedule"),
    ];

    /// <summary>The template's pod with the tolerations every daemon has, and the label of its revision.</summary>
    public static V1Pod Pod(V1DaemonSet set, V1PodTemplateSpec template, string hash)
    {
        var pod = PodTemplates.Pod(template, Api.Resource.DaemonSets, set.Metadata);
        pod.Metadata.Labels![Revisions.Revision.HashLabel] = hash;
        var tolerations = new List<V1Toleration>(pod.Spec.Tolerations ?? []);
        var extra = pod.Spec.HostNetwork == true ? Tolerated.Append(("node.kubernetes.io/network-unavailable", "NoSchedule")) : Tolerated;
        tolerations.AddRange(extra
            .Where(t => !tolerations.Exists(h => h.Key == t.Item1 && h.Effect == t.Item2 && h.OperatorProperty == "Exists"))
            .Select(t => new V1Toleration { Key = t.Item1, OperatorProperty = "Exists", Effect = t.Item2 }));
        pod.Spec.Tolerations = tolerations;
        return pod;
    }

    /// <summary>The pod, bound by affinity to one node; the scheduler does the rest. What the template required of nodes was checked already.</summary>
    public static V1Pod PodFor(V1Pod pod, string node)
    {
        pod = PodTemplates.Clone(pod);
        pod.Spec.Affinity ??= new V1Affinity();
        pod.Spec.Affinity.NodeAffinity ??= new V1NodeAffinity();
        pod.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution = new V1NodeSelector
        {
            NodeSelectorTerms = [new V1NodeSelectorTerm { MatchFields = [new V1NodeSelectorRequirement { Key = "metadata.name", OperatorProperty = "In", Values = [node] }] }],
        };
        return pod;
    }

    /// <summary>The node a daemon pod runs on or is meant for.</summary>
    public static string? NodeOf(V1Pod pod) => pod.Spec.NodeName is { Length: > 0 } on
        ? on
        : pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms?
            .SelectMany(t => t.MatchFields ?? []).FirstOrDefault(f => f.Key == "metadata.name" && f.Values is { Count: 1 })?.Values[0];

    /// <summary>Whether a pod should be started on the node, and whether one there may stay (only NoExecute taints drive it out).</summary>
    public static (bool Run, bool Stay) Wants(Pod pod, Node node)
    {
        if (!NodeFit.Admits(pod, node))
        {
            return (false, false);
        }

        var taints = node.Taints.Where(t => t.Effect is "NoSchedule" or "NoExecute" && !NodeFit.Tolerates(pod, t)).ToArray();
        return (taints.Length == 0, taints.All(t => t.Effect != "NoExecute"));
    }
}
