using System.Collections.Immutable;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Services;
using Vitrine.Model.Snapshot;

namespace Vitrine.Explaining;

/// <summary>What the nodes of a snapshot were told to do, each plan compiled when it is first asked for.</summary>
internal sealed class NodePlans(ClusterSnapshot snapshot, ServiceRules rules)
{
    private readonly Dictionary<string, RoutePlan?> routes = [];
    private readonly Dictionary<string, ServicePlan> services = [];
    private readonly Dictionary<string, PolicyPlan> policies = [];

    /// <summary>Null for a node that has no plan, e.g. no pod range yet.</summary>
    public RoutePlan? Route(string node, Func<NodeLinks> links) => Once(routes, node, () => RoutePlan.Compile(snapshot, node, links(), rules.ServiceRanges));

    public ImmutableDictionary<string, ServicePlan> Services(IEnumerable<string> nodes) => nodes.ToImmutableDictionary(n => n, n => Once(services, n, () => ServicePlan.Compile(snapshot, n, rules)));

    public ImmutableDictionary<string, PolicyPlan> Policies(IEnumerable<string> nodes) => nodes.ToImmutableDictionary(n => n, n => Once(policies, n, () => PolicyPlan.Compile(snapshot, n)));

    private static T Once<T>(Dictionary<string, T> made, string node, Func<T> make) => made.TryGetValue(node, out var plan) ? plan : made[node] = make();
}
