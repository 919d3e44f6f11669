using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Scheduling;

/// <summary>topologySpreadConstraints of one pod to place, counted once (kubernetes.io: "Pod Topology Spread Constraints").</summary>
internal sealed class SpreadRules
{
    private readonly List<Counted> constraints = [];

    private sealed record Counted(SpreadConstraint Constraint, Dictionary<string, int> Domains, int Fewest, int Self);

    public SpreadRules(Pod pod, IReadOnlyList<NodeRoom> rooms, bool hard)
    {
        foreach (var constraint in (pod.Scheduling?.Spread ?? []).Where(c => c.Hard == hard))
        {
            var domains = new Dictionary<string, int>();
            foreach (var room in rooms.Where(r => Eligible(constraint, pod, r.Node)))
            {
                if (room.Node.Labels.TryGetValue(constraint.TopologyKey, out var domain))
                {
                    domains[domain] = domains.GetValueOrDefault(domain) + room.Pods.Count(p => p.Namespace == pod.Namespace && !p.Terminating && constraint.Selector.Matches(p.Labels));
                }
            }

            var fewest = domains.Count < constraint.MinDomains || domains.Count == 0 ? 0 : domains.Values.Min();
            constraints.Add(new Counted(constraint, domains, fewest, constraint.Selector.Matches(pod.Labels) ? 1 : 0));
        }
    }

    public bool IsEmpty => constraints.Count == 0;

    /// <summary>The objection to a node, and whether removing pods could help.</summary>
    public (string Reason, bool Resolvable)? Objection(Node node)
    {
        foreach (var c in constraints)
        {
            if (!node.Labels.TryGetValue(c.Constraint.TopologyKey, out var domain))
            {
                return ("node(s) didn't match pod topology spread constraints (missing required label)", false);
            }

            if (c.Domains.GetValueOrDefault(domain) + c.Self - c.Fewest > c.Constraint.MaxSkew)
            {
                return ("node(s) didn't match pod topology spread constraints", true);
            }
        }

        return null;
    }

    /// <summary>How crowded the node's domains are: less is better.</summary>
    public double Crowd(Node node) => constraints.Sum(c =>
        node.Labels.TryGetValue(c.Constraint.TopologyKey, out var domain) ? (c.Domains.GetValueOrDefault(domain) * Math.Log(c.Domains.Count + 2)) + c.Constraint.MaxSkew - 1 : 0);

    private static bool Eligible(SpreadConstraint constraint, Pod pod, Node node) =>
        (!constraint.HonorAffinity || NodeFit.Admits(pod, node)) && (!constraint.HonorTaints || NodeFit.Untolerated(pod, node) is null);
}
