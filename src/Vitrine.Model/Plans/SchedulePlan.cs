using System.Collections.Immutable;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans;

/// <summary>A pod goes to a node.</summary>
public sealed record PodBinding(Pod Pod, string NodeName);

/// <summary>A pod fits nowhere; the message says, node by node counted, why — in the words kube-scheduler uses.</summary>
public sealed record UnschedulablePod(Pod Pod, string Message);

/// <summary>
/// Where every unscheduled pod goes: filter by node state, node selector, taints and resources, then the node with the
/// largest free share (the "LeastAllocated" score of kube-scheduler), older and more important pods first.
/// </summary>
public sealed record SchedulePlan(ImmutableArray<PodBinding> Bindings, ImmutableArray<UnschedulablePod> Unschedulable)
{
    public const string SchedulerName = "default-scheduler";

    /// <summary>Pure: the same snapshot gives the same plan.</summary>
    public static SchedulePlan Compile(ClusterSnapshot snapshot)
    {
        var used = snapshot.Nodes.Keys.ToDictionary(n => n, _ => (Resources: default(Resources), Pods: 0));
        foreach (var pod in snapshot.Pods.Values)
        {
            if (pod is { NodeName: { } on, Finished: false } && used.TryGetValue(on, out var sum))
            {
                used[on] = (sum.Resources + pod.Requests, sum.Pods + 1);
            }
        }

        var bindings = ImmutableArray.CreateBuilder<PodBinding>();
        var unschedulable = ImmutableArray.CreateBuilder<UnschedulablePod>();
        var nodes = snapshot.Nodes.Values.OrderBy(n => n.Name, StringComparer.Ordinal).ToArray();
        foreach (var pod in Waiting(snapshot))
        {
            var reasons = new SortedDictionary<string, int>(StringComparer.Ordinal);
            var fitting = new List<Node>();
            foreach (var node in nodes)
            {
                if (Objection(pod, node, used[node.Name]) is { } reason)
                {
                    reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
                }
                else
                {
                    fitting.Add(node);
                }
            }

            if (fitting.Count == 0)
            {
                unschedulable.Add(new UnschedulablePod(pod, Explain(nodes.Length, reasons)));
                continue;
            }

            var chosen = fitting.MaxBy(n => FreeShare(n, used[n.Name], pod))!;
            var (resources, pods) = used[chosen.Name];
            used[chosen.Name] = (resources + pod.Requests, pods + 1);
            bindings.Add(new PodBinding(pod, chosen.Name));
        }

        return new SchedulePlan(bindings.ToImmutable(), unschedulable.ToImmutable());
    }

    private static IEnumerable<Pod> Waiting(ClusterSnapshot snapshot) => snapshot.Pods.Values
        .Where(p => p is { NodeName: null, Terminating: false, Finished: false, SchedulerName: SchedulerName })
        .OrderByDescending(p => p.Priority).ThenBy(p => p.Created).ThenBy(p => p.Key, StringComparer.Ordinal);

    private static string? Objection(Pod pod, Node node, (Resources Resources, int Pods) used)
    {
        if (node.Unschedulable)
        {
            return "node(s) were unschedulable";
        }

        if (!node.Ready)
        {
            return "node(s) were not ready";
        }

        foreach (var taint in node.Taints)
        {
            if (taint.Effect is "NoSchedule" or "NoExecute" && !pod.Tolerations.Any(t => t.Tolerates(taint)))
            {
                return $"node(s) had untolerated taint {{{taint.Key}: {taint.Value}}}";
            }
        }

        if (pod.NodeSelector.Any(s => node.Labels.GetValueOrDefault(s.Key) != s.Value))
        {
            return "node(s) didn't match Pod's node affinity/selector";
        }

        if (used.Pods + 1 > node.Pods)
        {
            return "Too many pods";
        }

        var after = used.Resources + pod.Requests;
        return after.Cpu > node.Allocatable.Cpu && pod.Requests.Cpu > Quantity.Zero ? "Insufficient cpu"
            : after.Memory > node.Allocatable.Memory && pod.Requests.Memory > Quantity.Zero ? "Insufficient memory"
            : null;
    }

    private static double FreeShare(Node node, (Resources Resources, int Pods) used, Pod pod)
    {
        var after = used.Resources + pod.Requests;
        return Free(after.Cpu, node.Allocatable.Cpu) + Free(after.Memory, node.Allocatable.Memory) + (1 - ((used.Pods + 1.0) / Math.Max(1, node.Pods)));

        static double Free(Quantity taken, Quantity all) => all.Milli == 0 ? 0 : 1 - ((double)taken.Milli / all.Milli);
    }

    private static string Explain(int nodes, SortedDictionary<string, int> reasons) => nodes == 0
        ? "no nodes available to schedule pods"
        : $"0/{nodes} nodes are available: {string.Join(", ", reasons.Select(r => $"{r.Value} {r.Key}"))}.";
}
