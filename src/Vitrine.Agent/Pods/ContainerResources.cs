using k8s.Models;
using Vitrine.Agent.Cri;

namespace Vitrine.Agent.Pods;

/// <summary>requests and limits as cgroup settings, with kubelet's formulas.</summary>
internal static class ContainerResources
{
    private const int Period = 100_000;
    private const int SharesPerCpu = 1024;
    private const int MinShares = 2;
    private const int MaxShares = 262_144;
    private const int MinQuota = 1000;

    /// <param name="nodeMemory">The node's memory in bytes, for the OOM score of Burstable pods.</param>
    public static LinuxContainerResources Compute(V1Pod pod, V1Container container, long nodeMemory)
    {
        var cpuLimit = QosClass.Quantity(container.Resources?.Limits, "cpu");
        var cpuRequest = QosClass.Quantity(container.Resources?.Requests, "cpu") ?? cpuLimit;
        var memoryLimit = QosClass.Quantity(container.Resources?.Limits, "memory");
        var memoryRequest = QosClass.Quantity(container.Resources?.Requests, "memory") ?? memoryLimit;
        return new LinuxContainerResources
        {
            CpuShares = cpuRequest is { } request ? Math.Clamp((long)(request * SharesPerCpu), MinShares, MaxShares) : MinShares,
            CpuPeriod = cpuLimit is > 0 ? Period : 0,
            CpuQuota = cpuLimit is > 0 and { } limit ? Math.Max((long)(limit * Period), MinQuota) : 0,
            MemoryLimitInBytes = (long)(memoryLimit ?? 0),
            OomScoreAdj = QosClass.Of(pod) switch
            {
                "Guaranteed" => -997,
                "BestEffort" => 1000,
                _ => Math.Clamp(1000 - (long)(1000m * (memoryRequest ?? 0) / Math.Max(nodeMemory, 1)), 3, 999),
            },
        };
    }
}
