using System.Globalization;
using k8s.Models;
using Vitrine.Model;
using Vitrine.Model.Plans.Scheduling;
using Vitrine.Model.Snapshot;

namespace Vitrine.Agent.Pods;

/// <summary>
/// Whether the node has room for a pod and is one for it, whoever bound it there. Counted as the scheduler counts, so that what it binds is never refused.
/// Source: pkg/kubelet/lifecycle/predicate.go.
/// </summary>
internal static class NodeMatch
{
    /// <summary>Why kubelet would fail the pod for good, or null.</summary>
    /// <param name="others">The pods that are on the node already.</param>
    public static Waiting? Objection(V1Pod pod, V1Node node, IEnumerable<V1Pod> others)
    {
        var (wanted, here) = (SnapshotReader.Read(pod), SnapshotReader.Read(node));
        Pod[] there = [.. others.Select(SnapshotReader.Read)];
        // A node whose status is not written yet says nothing of its room.
        if (node.Status?.Allocatable is not null && !PodAdmission.IsCritical(pod) && Shortage(wanted, here, there) is { } shortage)
        {
            return shortage;
        }

        if (!NodeFit.Admits(wanted, here))
        {
            return Failed("NodeAffinity", "node(s) didn't match Pod's node affinity/selector");
        }

        if (wanted.Scheduling is { } asks && there.Any(p => p.Scheduling?.HostPorts.Any(taken => asks.HostPorts.Any(port => port.Clashes(taken))) == true))
        {
            return Failed("NodePorts", "node(s) didn't have free ports for the requested pod ports");
        }

        // Other taints keep pods from being bound here, not from running.
        return !StaticPod.Is(pod) && here.Taints.Any(taint => taint.Effect == "NoExecute" && !NodeFit.Tolerates(wanted, taint))
            ? Failed("TaintToleration", "node(s) had taints that the pod didn't tolerate")
            : null;
    }

    private static Waiting? Shortage(Pod wanted, Vitrine.Model.Snapshot.Node here, Pod[] there)
    {
        if (there.Length + 1 > here.Pods)
        {
            return Short("pods", 1, there.Length, here.Pods);
        }

        var used = there.Aggregate(default(Resources), static (sum, pod) => sum + pod.Requests);
        return Short("cpu", wanted.Requests.Cpu, used.Cpu, here.Allocatable.Cpu, static amount => amount.Milli)
            ?? Short("memory", wanted.Requests.Memory, used.Memory, here.Allocatable.Memory, static amount => amount.Value);
    }

    private static Waiting? Short(string resource, Quantity wanted, Quantity used, Quantity all, Func<Quantity, long> number) =>
        wanted > Quantity.Zero && used + wanted > all ? Short(resource, number(wanted), number(used), number(all)) : null;

    private static Waiting Short(string resource, long wanted, long used, long all) => new(
        $"OutOf{resource}",
        string.Create(CultureInfo.InvariantCulture, $"Pod was rejected: Node didn't have enough resource: {resource}, requested: {wanted}, used: {used}, capacity: {all}"));

    private static Waiting Failed(string predicate, string why) => new(predicate, $"Pod was rejected: Predicate {predicate} failed: {why}");
}
