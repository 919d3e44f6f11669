using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Policies;

/// <summary>Which policies of either kind select nothing, and which of their ports' names nobody has, in the cluster as a whole.</summary>
public static class PolicyProblems
{
    public static IEnumerable<PolicyProblem> Of(ClusterSnapshot snapshot)
    {
        if (snapshot.NetworkPolicies.IsEmpty && snapshot.ClusterNetworkPolicies.IsEmpty)
            return [];
        Party[] parties = [.. snapshot.Pods.Values.Select(Party.Of).OfType<Party>(), .. StandIns.Of(snapshot).Where(p => !p.IsNode)];
        Party[] all = [.. parties.Where(p => p.IsPod)];
        var pods = all.ToLookup(p => p.Namespace);
        return snapshot.NetworkPolicies.Values.OrderBy(p => p.Key, StringComparer.Ordinal).SelectMany(p => Of(p, new PolicyPart(p), pods[p.Namespace], parties, snapshot))
            .Concat(snapshot.ClusterNetworkPolicies.Values.OrderBy(p => p.Name, StringComparer.Ordinal).SelectMany(p => Of(p, new PolicyPart(p), all, parties, snapshot)));
    }

    private static IEnumerable<PolicyProblem> Of(NetworkPolicy policy, PolicyPart part, IEnumerable<Party> own, Party[] parties, ClusterSnapshot snapshot)
    {
        Party[] selected = [.. own.Where(p => part.Selects(p, snapshot.Namespaces))];
        return selected.Length > 0 ? Ports(part, selected, parties, snapshot) :
            [Idle(new RuleSource("NetworkPolicy", policy.Namespace, policy.Name, "spec.podSelector"), own.Any() ? $"no pod of namespace {policy.Namespace} has labels {policy.Pods}" : $"namespace {policy.Namespace} has no pods")];
    }

    private static IEnumerable<PolicyProblem> Of(ClusterNetworkPolicy policy, PolicyPart part, Party[] all, Party[] parties, ClusterSnapshot snapshot)
    {
        Party[] selected = [.. all.Where(p => part.Selects(p, snapshot.Namespaces))];
        // One for everybody, in a cluster where nobody is yet, is no mistake.
        if (selected.Length > 0 || all.Length == 0)
            return Ports(part, selected, parties, snapshot);
        var spaces = snapshot.Namespaces.Values.Any(n => policy.Namespaces.Matches(n.Labels));
        return [Idle(new RuleSource("ClusterNetworkPolicy", "", policy.Name, "spec.subject"), spaces ? $"no pod of the namespaces it means has labels {policy.Pods}" : $"no namespace has labels {policy.Namespaces}")];
    }

    private static PolicyProblem Idle(RuleSource source, string why) => new(source, "SelectsNothing", $"{why}: nothing is isolated by it");

    private static IEnumerable<PolicyProblem> Ports(PolicyPart part, Party[] selected, Party[] parties, ClusterSnapshot snapshot)
    {
        foreach (var rule in part.Ingress ?? [])
            foreach (var problem in Unknown(rule, selected, "no pod it selects"))
                yield return problem;
        foreach (var rule in part.Egress ?? [])
            foreach (var problem in Unknown(rule, [.. parties.Where(p => rule.Terms.Any(t => t.Key == PeerGroup.EverybodyKey || (t.HasMembers ? t.Selects(p, snapshot.Namespaces) : p.Addresses.Any(a => Intervals.Contains(t.Blocks, a)))))], "no pod that rule sends to"))
                yield return problem;
    }

    private static IEnumerable<PolicyProblem> Unknown(RulePart rule, Party[] whose, string nobody)
    {
        foreach (var (index, port) in rule.Ports.Index())
            if (port.Name.Length > 0 && whose.Length > 0 && !whose.Any(p => p.Named(port.Name, Services.ServiceProtocol.Number(port.Protocol)).Any()))
            {
                var names = whose.SelectMany(p => p.Ports).Where(p => p.Name.Length > 0 && (port.Protocol.Length == 0 || p.Protocol == port.Protocol)).Select(p => p.Name).Distinct().Order(StringComparer.Ordinal).Take(5).ToArray();
                yield return new PolicyProblem(rule.Source with { Field = $"{rule.Source.Field}.ports[{index}]" }, "PortNotFound",
                    $"{nobody} has a {(port.Protocol.Length > 0 ? port.Protocol + " " : "")}port named {port.Name}{(names.Length > 0 ? $"; they have {string.Join(", ", names)}" : "")}: the rule {(rule.Action == PolicyAction.Accept ? "allows" : "stops")} nothing by it");
            }
    }
}
