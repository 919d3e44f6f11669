using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>What a pod as a whole may use, for the cgroup around its containers: its own resources (KEP-2837), or the sum of its containers'. Source: ResourceConfigForPod of pkg/kubelet/cm.</summary>
/// <param name="CpuRequest">CPUs.</param>
/// <param name="CpuLimit">CPUs; null without a limit.</param>
/// <param name="MemoryLimit">Bytes; null without a limit.</param>
internal sealed record PodResources(decimal CpuRequest, decimal? CpuLimit, long? MemoryLimit)
{
    public static PodResources Of(V1Pod pod) => new(
        Of(pod, r => QosClass.Quantity(r.Requests, "cpu") ?? QosClass.Quantity(r.Limits, "cpu") ?? 0) ?? 0,
        Of(pod, r => QosClass.Quantity(r.Limits, "cpu")),
        (long?)Of(pod, r => QosClass.Quantity(r.Limits, "memory")));

    /// <summary>
    /// The larger of what runs for good and what the hungriest init container has beside the sidecars before it. Null where one part has none:
    /// the whole is then not limited either.
    /// </summary>
    private static decimal? Of(V1Pod pod, Func<V1ResourceRequirements, decimal?> amount)
    {
        if (pod.Spec.Resources is { } own && amount(own) is { } given)
        {
            return given;
        }

        var none = new V1ResourceRequirements();
        decimal? sidecars = 0, most = 0;
        foreach (var init in pod.Spec.InitContainers ?? [])
        {
            var one = amount(init.Resources ?? none);
            most = Larger(most, sidecars + one);
            sidecars = RestartRule.IsSidecar(init) ? sidecars + one : sidecars;
        }

        return Larger(most, pod.Spec.Containers.Aggregate(sidecars, (sum, c) => sum + amount(c.Resources ?? none)));
    }

    private static decimal? Larger(decimal? a, decimal? b) => a is { } x && b is { } y ? Math.Max(x, y) : null;
}
