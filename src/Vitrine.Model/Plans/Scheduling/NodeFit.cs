using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Scheduling;

/// <summary>Whether a node, whatever runs on it, is one for a pod.</summary>
public static class NodeFit
{
    private static readonly Taint NotReady = new("node.kubernetes.io/not-ready", "", "NoSchedule");
    private static readonly Taint Cordoned = new("node.kubernetes.io/unschedulable", "", "NoSchedule");

    /// <summary>The objection in kube-scheduler's words, or null. No preemption helps against it.</summary>
    public static string? Objection(Pod pod, Node node)
    {
        if (node.Unschedulable && !Tolerates(pod, Cordoned))
        {
            return "node(s) were unschedulable";
        }

        if (Untolerated(pod, node) is { } taint)
        {
            return $"node(s) had untolerated taint {{{taint.Key}: {taint.Value}}}";
        }

        // A node that is not ready gets a taint soon; until then this stands for it.
        if (!node.Ready && !Tolerates(pod, NotReady))
        {
            return "node(s) were not ready";
        }

        return Admits(pod, node) ? null : "node(s) didn't match Pod's node affinity/selector";
    }

    /// <summary>Node selector and required node affinity.</summary>
    public static bool Admits(Pod pod, Node node)
    {
        foreach (var (key, value) in pod.NodeSelector)
        {
            if (node.Labels.GetValueOrDefault(key) != value)
            {
                return false;
            }
        }

        return pod.Scheduling?.RequiredNodes is not { } terms || terms.Any(t => t.Matches(node));
    }

    public static Taint? Untolerated(Pod pod, Node node)
    {
        foreach (var taint in node.Taints)
        {
            // The cordon's taint only repeats spec.unschedulable.
            if (taint.Effect is "NoSchedule" or "NoExecute" && !Tolerates(pod, taint) && !(node.Unschedulable && taint.Key == Cordoned.Key))
            {
                return taint;
            }
        }

        return null;
    }

    public static bool Tolerates(Pod pod, Taint taint)
    {
        foreach (var toleration in pod.Tolerations)
        {
            if (toleration.Tolerates(taint))
            {
                return true;
            }
        }

        return false;
    }
}
