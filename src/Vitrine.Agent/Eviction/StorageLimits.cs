using k8s.Models;
using Vitrine.Agent.Pods;

namespace Vitrine.Agent.Eviction;

/// <summary>Limits of a pod's storage on the node: sizeLimit of emptyDir, ephemeral-storage of containers. Source: localStorageEviction of pkg/kubelet/eviction.</summary>
/// <param name="layers">Bytes of containers' writable layers, by container id.</param>
internal sealed class StorageLimits(PodPaths paths, IReadOnlyDictionary<string, long> layers)
{
    private const string Resource = "ephemeral-storage";

    public static bool Any(V1Pod pod) =>
        PodContainers.Lasting(pod).Any(c => QosClass.Quantity(c.Resources?.Limits, Resource) is not null) || pod.Spec.Volumes?.Any(v => v.EmptyDir?.SizeLimit is not null) == true;

    /// <returns>Why the pod has to go, or null.</returns>
    public string? Exceeded(V1Pod pod, RuntimePod runtime)
    {
        foreach (var volume in (pod.Spec.Volumes ?? []).Where(v => v.EmptyDir is { SizeLimit: not null, Medium: not "Memory" }))
        {
            if (DiskUsage.Of(EmptyDir(pod, volume.Name)) > volume.EmptyDir.SizeLimit.ToDecimal())
            {
                return $"Usage of EmptyDir volume \"{volume.Name}\" exceeds the limit \"{volume.EmptyDir.SizeLimit}\". ";
            }
        }

        var containers = PodContainers.Lasting(pod).Select(c => (Container: c, Limit: QosClass.Quantity(c.Resources?.Limits, Resource), Used: Used(pod, c.Name, runtime))).ToList();
        if (containers.FirstOrDefault(c => c.Used > c.Limit) is { Container: { } over })
        {
            return $"Container {over.Name} exceeded its local ephemeral storage limit \"{over.Resources.Limits[Resource]}\". ";
        }

        var most = containers.Where(c => pod.Spec.Containers.Contains(c.Container)).Sum(c => c.Limit ?? 0);
        return most > 0 && Used(pod, runtime) > most ? $"Pod ephemeral local storage usage exceeds the total limit of containers {EvictionText.Size((long)most)}. " : null;
    }

    /// <summary>All that the pod has on the disk.</summary>
    public long Used(V1Pod pod, RuntimePod runtime) =>
        PodContainers.All(pod).Sum(c => Used(pod, c.Name, runtime)) + (pod.Spec.Volumes ?? []).Where(v => v.EmptyDir is { Medium: not "Memory" }).Sum(v => DiskUsage.Of(EmptyDir(pod, v.Name)));

    private long Used(V1Pod pod, string container, RuntimePod runtime) =>
        runtime.Of(container).Sum(c => layers.GetValueOrDefault(c.Id)) + DiskUsage.Of(Path.GetDirectoryName(Path.Combine(paths.Logs(pod), PodPaths.LogFile(container, 0)))!);

    private string EmptyDir(V1Pod pod, string volume) => paths.Volume(pod, "kubernetes.io~empty-dir", volume);
}
