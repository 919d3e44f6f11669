using System.Net;
using k8s;
using k8s.Models;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control;

/// <summary>Gives every node its share of the pod range (spec.podCIDR, spec.podCIDRs), once and for good.</summary>
internal sealed class NodeIpamController(Kubernetes client, IPNetwork cluster, int nodePrefixLength, TimeProvider time) : IController
{
    private readonly HashSet<string> reported = [];

    public async Task<bool> ReconcileAsync(ClusterSnapshot snapshot, CancellationToken ct)
    {
        var plan = PodCidrPlan.Compile(snapshot, cluster, nodePrefixLength);
        foreach (var (node, range) in plan.Assignments)
        {
            var patch = new V1Patch($$$"""{"metadata":{"uid":"{{{node.Uid}}}"},"spec":{"podCIDR":"{{{range}}}","podCIDRs":["{{{range}}}"]}}""", V1Patch.PatchType.StrategicMergePatch);
            await Writes.ChangeAsync(() => client.CoreV1.PatchNodeAsync(patch, node.Name, cancellationToken: ct));
        }

        foreach (var node in plan.WithoutRange.Where(n => reported.Add(n.Uid)))
        {
            await Events.NodeAsync(client, node, "CIDRNotAvailable", $"Node {node.Name} status is now: CIDRNotAvailable: every /{nodePrefixLength} of {cluster} is taken", time, ct);
        }

        return false;
    }
}
