using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Scheduling;

/// <summary>All rules for one pod to place, with what they count counted. Good until a pod comes or goes.</summary>
internal sealed class Placement(Pod pod, IReadOnlyList<NodeRoom> rooms, bool anyAntiAffinity, Func<string, IDictionary<string, string>> namespaces)
{
    private readonly AffinityRules affinity = new(pod, rooms, anyAntiAffinity, namespaces);
    private readonly SpreadRules spread = new(pod, rooms, hard: true);

    /// <summary>Why the pod cannot be on the node, in kube-scheduler's order; empty where it can.</summary>
    public IReadOnlyList<string> Objections(NodeRoom room, out bool resolvable)
    {
        resolvable = false;
        if (NodeFit.Objection(pod, room.Node) is { } never)
        {
            return [never];
        }

        resolvable = true;
        if (!room.HasPortsFor(pod))
        {
            return ["node(s) didn't have free ports for the requested pod ports"];
        }

        var lacks = room.Lacks(pod).ToArray();
        if (lacks.Length > 0)
        {
            return lacks;
        }

        if ((spread.Objection(room.Node) ?? affinity.Objection(room.Node)) is var (reason, helps))
        {
            resolvable = helps;
            return [reason];
        }

        return [];
    }
}
