using System.Collections.Immutable;
using Vitrine.Control.Forecasts;
using Vitrine.Manifests;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Snapshot;

namespace Vitrine.Linting;

/// <summary>Ingresses: those that nobody serves, and what the gateway's plan says of all, as if each was of a class of ours.</summary>
internal static class IngressRules
{
    public static IEnumerable<LintFinding> Check(DraftedCluster cluster) =>
    [
        .. GatewayForecast.Unserved(cluster.Snapshot).Select(p => Unserved(cluster, p)).OfType<LintFinding>(),
        .. Problems(cluster).Select(p => RouteProblems.Of(cluster, p)).OfType<LintFinding>(),
    ];

    private static LintFinding? Unserved(DraftedCluster cluster, GatewayProblem problem)
    {
        if (cluster.Find("Ingress", problem.Source.Namespace, problem.Source.Name) is not { } about)
            return null;
        var ours = cluster.Snapshot.IngressClasses.Values.Where(c => c.Controller == GatewayCompiler.IngressController).Select(c => c.Name).Order(StringComparer.Ordinal).FirstOrDefault();
        var none = problem.Reason == "NoIngressClass";
        return LintFinding.Of(about, none ? LintFinding.Error : LintFinding.Warning, none ? "no-ingress-class" : "ingress-class-not-found", problem.Source.Field, problem.Message.Split(';')[0] + (none ? "" : "; it may be in the cluster"),
            ours is null ? $"make an IngressClass whose spec.controller is {GatewayCompiler.IngressController}" : $"set spec.ingressClassName of {about.Key} to {ours}");
    }

    /// <summary>Backends and certificates can be wrong under any class; annotations are ours to judge only where the Ingress is ours.</summary>
    private static IEnumerable<GatewayProblem> Problems(DraftedCluster cluster)
    {
        var ours = GatewayForecast.IngressClass().Metadata.Name;
        var others = cluster.Snapshot.Ingresses.Values.Where(i => !GatewayCompiler.Serves(cluster.Snapshot, i)).Select(i => i.Key).ToHashSet();
        var plan = others.Count == 0 ? cluster.Plan : new GatewayCompiler().Compile(cluster.Snapshot with
        {
            IngressClasses = cluster.Snapshot.IngressClasses.SetItem(ours, new IngressClass(ours, GatewayCompiler.IngressController)),
            Ingresses = cluster.Snapshot.Ingresses.ToImmutableDictionary(i => i.Key, i => others.Contains(i.Key) ? i.Value with { ClassName = ours } : i.Value),
        });
        return plan.Problems.Where(p => p.Source.Kind == "Ingress" && !(others.Contains($"{p.Source.Namespace}/{p.Source.Name}") && p.Reason.EndsWith("Annotation", StringComparison.Ordinal)));
    }
}
