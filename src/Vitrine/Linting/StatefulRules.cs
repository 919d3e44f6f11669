using k8s.Models;
using Vitrine.Manifests;
using Vitrine.Model.Snapshot;

namespace Vitrine.Linting;

/// <summary>StatefulSets whose pods have no names, or no volumes.</summary>
internal static class StatefulRules
{
    public static IEnumerable<LintFinding> Check(DraftedCluster cluster)
    {
        foreach (var (about, set) in cluster.Of<V1StatefulSet>("apps", "StatefulSet"))
        {
            if (set.Spec.ServiceName is { Length: > 0 } name)
            {
                if (cluster.Find("Service", about.Namespace, name) is null)
                    yield return LintFinding.Of(about, LintFinding.Warning, "governing-service", "spec.serviceName", $"service/{about.Namespace}/{name} is not in the files: unless it is in the cluster, pods of {about.Key} have no names of their own", $"write a Service {name} with clusterIP: None");
                else if (cluster.Snapshot.Services.GetValueOrDefault($"{about.Namespace}/{name}") is { } service && !(service.Headless && service.Selector.All(s => set.Spec.Template.Metadata?.Labels?.TryGetValue(s.Key, out var value) == true && value == s.Value)))
                    yield return LintFinding.Of(about, LintFinding.Warning, "governing-service", "spec.serviceName", $"service/{service.Key} {(service.Headless ? "does not select its pods" : "is not headless")}, so pods of {about.Key} have no names of their own under it",
                        service.Headless ? $"mend spec.selector of service/{service.Key}" : $"set clusterIP: None in service/{service.Key}, or name another Service");
            }
            if (set.Spec.VolumeClaimTemplates is { Count: > 0 })
                yield return LintFinding.Of(about, LintFinding.Warning, "no-volumes", "spec.volumeClaimTemplates", "a cluster of Vitrine's provides no persistent volumes, and makes no pod that claims one", "use emptyDir in the pod template for such a cluster");
        }
    }
}
