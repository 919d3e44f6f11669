using k8s.Models;

namespace Vitrine.Control.Pods;

/// <summary>
/// A pod without what no controller reads — commands, environment, volumes, managed fields — because every pod of the cluster is
/// kept in memory.
/// </summary>
internal static class PodTrim
{
    public static V1Pod Read(V1Pod pod)
    {
        var spec = pod.Spec;
        pod.Metadata.ManagedFields = null;
        pod.Spec = new V1PodSpec
        {
            NodeName = spec.NodeName,
            SchedulerName = spec.SchedulerName,
            Affinity = spec.Affinity,
            Tolerations = spec.Tolerations,
            RestartPolicy = spec.RestartPolicy,
            Hostname = spec.Hostname,
            Subdomain = spec.Subdomain,
            Containers = [.. spec.Containers.Select(c => new V1Container { Name = c.Name })],
        };
        return pod;
    }
}
