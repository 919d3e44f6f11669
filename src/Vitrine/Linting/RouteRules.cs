using Vitrine.Manifests;
using Vitrine.Model.Explain.Services;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Snapshot;

namespace Vitrine.Linting;

/// <summary>The Gateway API: classes and parents that are not there, and whatever the plan's own status says of the rest.</summary>
internal static class RouteRules
{
    public static IEnumerable<LintFinding> Check(DraftedCluster cluster) =>
    [
        .. cluster.Snapshot.Gateways.Values.Select(g => Class(cluster, g)).OfType<LintFinding>(),
        .. cluster.Snapshot.HttpRoutes.Values.Concat(cluster.Snapshot.GrpcRoutes.Values).Concat(cluster.Snapshot.TlsRoutes.Values).SelectMany(r => Parents(cluster, r)),
        .. cluster.Plan.Problems.Where(p => p.Source.Kind != "Ingress").Select(p => RouteProblems.Of(cluster, p)).OfType<LintFinding>(),
    ];

    private static LintFinding? Class(DraftedCluster cluster, GatewayObject gateway)
    {
        var name = gateway.Spec.Text("gatewayClassName");
        if (cluster.Snapshot.GatewayClasses.ContainsKey(name) || cluster.Find("Gateway", gateway.Namespace, gateway.Name) is not { } about)
            return null;
        var ours = cluster.Snapshot.GatewayClasses.Values.Where(c => c.Spec.Text("controllerName") == GatewayCompiler.GatewayController).Select(c => c.Name).Order(StringComparer.Ordinal).FirstOrDefault();
        return LintFinding.Of(about, LintFinding.Warning, "gateway-class-not-found", "spec.gatewayClassName", $"there is no GatewayClass {name} in the files; unless it is in the cluster, nobody serves {about.Key}", $"write {ours ?? "the name of a class"}, or make the class");
    }

    private static IEnumerable<LintFinding> Parents(DraftedCluster cluster, GatewayObject route)
    {
        if (cluster.Find(route.Kind, route.Namespace, route.Name) is not { } about)
            yield break;
        foreach (var (index, parent) in route.Spec.Items("parentRefs").Index())
        {
            var (ns, name) = (parent.Text("namespace") is { Length: > 0 } other ? other : route.Namespace, parent.Text("name"));
            if (parent.Text("kind") is not ("" or "Gateway") || cluster.Snapshot.Gateways.ContainsKey($"{ns}/{name}") || cluster.Find("Gateway", ns, name) is not null)
                continue;
            string[] there = [.. cluster.Snapshot.Gateways.Values.Where(g => g.Namespace == ns).Select(g => g.Name).Order(StringComparer.Ordinal)];
            yield return LintFinding.Of(about, there.Length > 0 ? LintFinding.Error : LintFinding.Warning, "parent-not-found", $"spec.parentRefs[{index}].name",
                $"there is no Gateway {ns}/{name}{(there.Length > 0 ? $", only {string.Join(", ", there)}" : " in the files; unless it is in the cluster, the route has no effect")}", $"write {Nearest.To(name, there) ?? there.FirstOrDefault() ?? "the name of a Gateway"}, or make the Gateway");
        }
    }
}
