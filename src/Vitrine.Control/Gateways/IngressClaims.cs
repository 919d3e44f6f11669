using k8s.Models;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control.Gateways;

/// <summary>Whose an Ingress is.</summary>
internal static class IngressClaims
{
    /// <param name="key">namespace/name</param>
    /// <param name="ingress">of the snapshot that <paramref name="cluster"/> was read from</param>
    /// <param name="cluster">with its Ingresses and classes</param>
    public static bool AreOurs(string key, V1Ingress ingress, ClusterSnapshot cluster) =>
        ingress.Metadata.DeletionTimestamp is null && cluster.Ingresses.TryGetValue(key, out var read) && GatewayCompiler.Serves(cluster, read);

    /// <summary>Those that nobody serves. A class with another controller is that controller's, and whether it runs is not ours to know.</summary>
    public static IEnumerable<GatewayProblem> Unserved(ClusterSnapshot cluster)
    {
        var ours = cluster.IngressClasses.Values.Where(c => c.Controller == GatewayCompiler.IngressController).Select(c => c.Name).Order(StringComparer.Ordinal).ToArray();
        var hint = ours.Length > 0 ? $"set spec.ingressClassName: {ours[0]}" : $"make an IngressClass with spec.controller {GatewayCompiler.IngressController}";
        foreach (var ingress in cluster.Ingresses.Values)
        {
            if (ingress.ClassName.Length == 0)
            {
                yield return Problem(ingress, "NoIngressClass", $"no controller serves an Ingress without a class, and no class is the default; {hint}");
            }
            else if (!cluster.IngressClasses.ContainsKey(ingress.ClassName))
            {
                yield return Problem(ingress, "IngressClassNotFound", $"no controller serves class \"{ingress.ClassName}\": there is no such IngressClass; {hint}");
            }
        }
    }

    private static GatewayProblem Problem(Ingress ingress, string reason, string message) => new(new RuleSource("Ingress", ingress.Namespace, ingress.Name, "spec.ingressClassName"), reason, message);
}
