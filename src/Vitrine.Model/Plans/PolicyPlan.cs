using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Plans.Policies;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans;

/// <summary>
/// Who may talk to the pods of one node, and to whom they may talk. A plan made from its predecessor costs what has changed, and what has not is the same
/// instance.
/// </summary>
public sealed record PolicyPlan
{
    private readonly PolicyWork work;

    private PolicyPlan(string nodeName, PolicyWork work) => (NodeName, this.work) = (nodeName, work);

    public string NodeName { get; }

    /// <summary>This node's pods that have a network of their own, by namespace/name.</summary>
    public ImmutableDictionary<string, PodPolicies> Pods => work.Pods;

    /// <summary>By key: those that a ladder of <see cref="Pods"/> uses.</summary>
    public ImmutableDictionary<string, PeerGroup> Groups => work.Members.Groups;

    /// <summary>Pod ranges of this node: who has an address of them and is not known is closed.</summary>
    public ImmutableArray<IPNetwork> OwnPods => work.Snapshot.Nodes.GetValueOrDefault(NodeName)?.PodCidrs ?? [];

    /// <summary>Of one of <see cref="Pods"/>; empty until its status has them.</summary>
    public ImmutableArray<IPAddress> AddressesOf(string pod) => work.Snapshot.Pods[pod].Addresses;

    /// <summary>Pure: the same snapshot gives the same plan.</summary>
    /// <param name="snapshot">the cluster: pods of all nodes</param>
    /// <param name="nodeName">whose plan</param>
    /// <param name="previous">an earlier plan of the same node, for speed alone</param>
    /// <param name="changedPods">pods (namespace/name) that may differ from those of <paramref name="previous"/>; null to look at all</param>
    public static PolicyPlan Compile(ClusterSnapshot snapshot, string nodeName, PolicyPlan? previous = null, IReadOnlySet<string>? changedPods = null)
    {
        var before = previous?.NodeName == nodeName ? previous.work : null;
        return new PolicyPlan(nodeName, new PolicyCompiler(snapshot, nodeName, before).Run(changedPods));
    }

    /// <summary>
    /// What is done with a packet of a connection's own direction at one of its ends; replies follow. Null where the pod is none of this node's.
    /// That a node reaches its own pods is not for a plan to say.
    /// </summary>
    /// <param name="pod">namespace/name</param>
    /// <param name="direction">whether the pod is where the connection goes, or where it comes from</param>
    /// <param name="peer">the other end, after the Service's address was replaced</param>
    /// <param name="protocol">IP protocol number</param>
    /// <param name="port">the server's; without meaning for a protocol without ports</param>
    public PolicyDecision? Decide(string pod, PolicyDirection direction, IPAddress peer, byte protocol, int port)
    {
        if (!Pods.TryGetValue(pod, out var policies))
            return null;
        var isolation = direction == PolicyDirection.Ingress ? policies.Ingress : policies.Egress;
        if (isolation.IsOpen || AddressesOf(pod).Contains(peer))
            return new PolicyDecision(true, isolation.Policies, []);
        var ladder = isolation.LadderOf(protocol, port);
        var step = ladder.Admin.FirstOrDefault(s => Groups[s.Group].Contains(peer));
        if (step is null or { Action: StepAction.Pass })
            step = ladder.Rest.FirstOrDefault(s => Groups[s.Group].Contains(peer));
        return step is null
            ? new PolicyDecision(ladder.AllowsRest, isolation.Policies, [])
            : new PolicyDecision(step.Action == StepAction.Allow, isolation.Policies, [.. step.Rules.Where(r => r.Peers.Any(t => t.Contains(peer, work.Parties, work.Snapshot.Namespaces))).Select(r => r.Source)]);
    }

    /// <summary>The plan for people, in a stable order.</summary>
    public override string ToString() => PolicyPlanText.Write(this);
}
