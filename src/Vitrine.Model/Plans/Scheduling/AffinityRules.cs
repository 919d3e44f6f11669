using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Scheduling;

/// <summary>
/// Required affinity and anti-affinity between pods, counted once for one pod to place: how many pods match each of its terms per
/// topology domain, and which domains pods already there forbid (anti-affinity holds both ways).
/// </summary>
internal sealed class AffinityRules
{
    private readonly List<(PodTerm Term, Dictionary<string, int> Domains)> near = [];
    private readonly List<(PodTerm Term, Dictionary<string, int> Domains)> apart = [];
    private readonly HashSet<(string Key, string Value)> forbidden = [];
    private readonly bool first;

    public AffinityRules(Pod pod, IEnumerable<NodeRoom> rooms, bool anyAntiAffinity, Func<string, IDictionary<string, string>> namespaces)
    {
        var scheduling = pod.Scheduling ?? PodScheduling.None;
        near.AddRange(scheduling.Affinity.Select(t => (t, new Dictionary<string, int>())));
        apart.AddRange(scheduling.AntiAffinity.Select(t => (t, new Dictionary<string, int>())));
        if (near.Count + apart.Count == 0 && !anyAntiAffinity)
        {
            return;
        }

        foreach (var room in rooms)
        {
            foreach (var other in room.Pods)
            {
                Count(near, other, room.Node, namespaces);
                Count(apart, other, room.Node, namespaces);
                foreach (var term in other.Scheduling?.AntiAffinity ?? [])
                {
                    if (room.Node.Labels.TryGetValue(term.TopologyKey, out var domain) && term.Matches(pod, namespaces))
                    {
                        forbidden.Add((term.TopologyKey, domain));
                    }
                }
            }
        }

        // The first of a group that wants to be together has nobody to join yet.
        first = near.Count > 0 && near.TrueForAll(n => n.Domains.Count == 0 && n.Term.Matches(pod, namespaces));
    }

    /// <summary>The objection to a node, and whether removing pods could help.</summary>
    public (string Reason, bool Resolvable)? Objection(Node node)
    {
        foreach (var (term, domains) in near)
        {
            if (!node.Labels.TryGetValue(term.TopologyKey, out var domain) || (!first && !domains.ContainsKey(domain)))
            {
                return ("node(s) didn't match pod affinity rules", false);
            }
        }

        foreach (var (term, domains) in apart)
        {
            if (node.Labels.TryGetValue(term.TopologyKey, out var domain) && domains.ContainsKey(domain))
            {
                return ("node(s) didn't match pod anti-affinity rules", true);
            }
        }

        foreach (var (key, value) in forbidden)
        {
            if (node.Labels.TryGetValue(key, out var domain) && domain == value)
            {
                return ("node(s) didn't satisfy existing pods anti-affinity rules", true);
            }
        }

        return null;
    }

    private static void Count(List<(PodTerm Term, Dictionary<string, int> Domains)> terms, Pod other, Node node, Func<string, IDictionary<string, string>> namespaces)
    {
        foreach (var (term, domains) in terms)
        {
            if (node.Labels.TryGetValue(term.TopologyKey, out var domain) && term.Matches(other, namespaces))
            {
                domains[domain] = domains.GetValueOrDefault(domain) + 1;
            }
        }
    }
}
