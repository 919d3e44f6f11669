using System.Collections.Immutable;
using System.Net;
using k8s;
using k8s.Models;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control;

/// <summary>Gives every node its share of the pod range (spec.podCIDR, spec.podCIDRs), once and for good.</summary>
internal sealed class NodeIpamController(Kubernetes client, ImmutableArray<ClusterCidr> ranges, TimeProvider time) : IController
{
    private readonly HashSet<string> reported = [];

    // By uid, until the watch shows it: a snapshot may be older than what was written from the last one, and a range must not be given twice.
    private readonly Dictionary<string, ImmutableArray<IPNetwork>> given = [];

    public async Task<bool> ReconcileAsync(ClusterSnapshot snapshot, CancellationToken ct)
    {
        foreach (var uid in given.Keys.Except(snapshot.Nodes.Values.Where(n => n.PodCidrs.IsEmpty).Select(n => n.Uid)).ToArray())
        {
            given.Remove(uid);
        }

        var plan = PodCidrPlan.Compile(snapshot, ranges, given);
        foreach (var (node, cidrs) in plan.Assignments)
        {
            var list = string.Join(',', cidrs.Select(c => $"\"{c}\""));
            var patch = new V1Patch($$$"""{"metadata":{"uid":"{{{node.Uid}}}"},"spec":{"podCIDR":"{{{cidrs[0]}}}","podCIDRs":[{{{list}}}]}}""", V1Patch.PatchType.StrategicMergePatch);
            await Writes.ChangeAsync(() => client.CoreV1.PatchNodeAsync(patch, node.Name, cancellationToken: ct));
            given[node.Uid] = cidrs;
        }

        foreach (var node in plan.WithoutRange.Where(n => reported.Add(n.Uid)))
        {
            await Events.NodeAsync(client, node, "CIDRNotAvailable", $"Node {node.Name} status is now: CIDRNotAvailable: every share of {string.Join(" or ", ranges.Select(r => $"{r.Range} (/{r.NodePrefixLength})"))} is taken", time, ct);
        }

        return false;
    }
}
