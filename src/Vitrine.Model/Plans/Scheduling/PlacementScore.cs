using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Scheduling;

/// <summary>
/// Which of the fitting nodes is best: kube-scheduler's default plugins, each 0 to 100, with their weights — least allocated 1,
/// balanced 1, untolerated PreferNoSchedule taints 3, preferred node affinity 2, spread 2, preferred pod affinity 2.
/// </summary>
internal static class PlacementScore
{
    public static NodeRoom Best(Pod pod, IReadOnlyList<NodeRoom> fitting, IReadOnlyList<NodeRoom> all, Func<string, IDictionary<string, string>> namespaces, Func<Node, int> siblings)
    {
        if (fitting.Count == 1)
        {
            return fitting[0];
        }

        var scheduling = pod.Scheduling ?? PodScheduling.None;
        var scores = new double[fitting.Count];
        Add(scores, fitting, 1, r => Allocation(pod, r), normalise: false);
        Add(scores, fitting, 3, r => -r.Node.Taints.Count(t => t.Effect == "PreferNoSchedule" && !NodeFit.Tolerates(pod, t)));
        if (!scheduling.PreferredNodes.IsEmpty)
        {
            Add(scores, fitting, 2, r => scheduling.PreferredNodes.Sum(p => p.Term.Matches(r.Node) ? p.Weight : 0));
        }

        var soft = new SpreadRules(pod, all, hard: false);
        if (!soft.IsEmpty)
        {
            Add(scores, fitting, 2, r => -soft.Crowd(r.Node));
        }
        else if (scheduling.Spread.IsEmpty && pod.Owner is not null)
        {
            Add(scores, fitting, 2, r => -siblings(r.Node));
        }

        if (Neighbours(pod, all, namespaces) is { Count: > 0 } neighbours)
        {
            Add(scores, fitting, 2, r => neighbours.Sum(n => r.Node.Labels.TryGetValue(n.Key.Key, out var domain) && domain == n.Key.Domain ? n.Value : 0));
        }

        var best = 0;
        for (var i = 1; i < scores.Length; i++)
        {
            best = scores[i] > scores[best] + 1e-9 ? i : best;
        }

        return fitting[best];
    }

    private static void Add(double[] scores, IReadOnlyList<NodeRoom> rooms, double weight, Func<NodeRoom, double> of, bool normalise = true)
    {
        var values = rooms.Select(of).ToArray();
        var (least, span) = normalise ? (values.Min(), values.Max() - values.Min()) : (0, 100);
        for (var i = 0; span > 0 && i < values.Length; i++)
        {
            scores[i] += weight * 100 * (values[i] - least) / span;
        }
    }

    private static double Allocation(Pod pod, NodeRoom room)
    {
        var after = room.Weighed + NodeRoom.Weigh(pod);
        var (cpu, memory) = (Share(after.Cpu, room.Node.Allocatable.Cpu), Share(after.Memory, room.Node.Allocatable.Memory));
        var least = 100 * (1 - ((cpu + memory) / 2));
        var balanced = 100 * (1 - (Math.Abs(cpu - memory) / 2));
        return least + balanced;

        static double Share(Quantity taken, Quantity all) => all.Milli == 0 ? 1 : Math.Min(1, (double)taken.Milli / all.Milli);
    }

    /// <summary>Preferred affinity: the weight of each domain, from the pod's own wishes and from those of pods already there.</summary>
    private static Dictionary<(string Key, string Domain), int> Neighbours(Pod pod, IReadOnlyList<NodeRoom> all, Func<string, IDictionary<string, string>> namespaces)
    {
        var scheduling = pod.Scheduling ?? PodScheduling.None;
        var weights = new Dictionary<(string, string), int>();
        foreach (var room in all)
        {
            foreach (var other in room.Pods)
            {
                Weigh(scheduling.PreferredAffinity, 1, other, room.Node);
                Weigh(scheduling.PreferredAntiAffinity, -1, other, room.Node);
                if (other.Scheduling is { } theirs)
                {
                    Weigh(theirs.PreferredAffinity, 1, pod, room.Node);
                    Weigh(theirs.PreferredAntiAffinity, -1, pod, room.Node);
                    Weigh([.. theirs.Affinity.Select(t => new Weighted<PodTerm>(1, t))], 1, pod, room.Node);
                }
            }
        }

        return weights;

        void Weigh(IReadOnlyList<Weighted<PodTerm>> terms, int sign, Pod other, Node node)
        {
            foreach (var (weight, term) in terms)
            {
                if (node.Labels.TryGetValue(term.TopologyKey, out var domain) && term.Matches(other, namespaces))
                {
                    weights[(term.TopologyKey, domain)] = weights.GetValueOrDefault((term.TopologyKey, domain)) + (sign * weight);
                }
            }
        }
    }
}
