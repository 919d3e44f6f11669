using System.Globalization;

namespace Vitrine.Agent.Pods;

/// <summary>Controller, file and text of what limits a pod's cgroup, in both versions of the interface (cgroups(7)); formulas as in pkg/kubelet/cm.</summary>
internal static class CgroupSettings
{
    private const int Period = 100_000, SharesPerCpu = 1024, MinShares = 2, MaxShares = 262_144, MinQuota = 1000;

    public static IEnumerable<(string Controller, string File, string Value)> Legacy(PodResources resources)
    {
        yield return ("cpu", "cpu.shares", Text(Shares(resources)));
        if (resources.CpuLimit is > 0 and { } cpu)
        {
            yield return ("cpu", "cpu.cfs_period_us", Text(Period));
            yield return ("cpu", "cpu.cfs_quota_us", Text(Quota(cpu)));
        }

        if (resources.MemoryLimit is > 0 and { } memory)
        {
            yield return ("memory", "memory.limit_in_bytes", Text(memory));
        }
    }

    public static IEnumerable<(string Controller, string File, string Value)> Unified(PodResources resources)
    {
        // 2…262144 shares are weights of 1…10000, as every runtime converts them (KEP-2254).
        yield return ("", "cpu.weight", Text(1 + ((Shares(resources) - 2) * 9999 / 262_142)));
        if (resources.CpuLimit is > 0 and { } cpu)
        {
            yield return ("", "cpu.max", $"{Text(Quota(cpu))} {Text(Period)}");
        }

        if (resources.MemoryLimit is > 0 and { } memory)
        {
            yield return ("", "memory.max", Text(memory));
        }
    }

    private static long Shares(PodResources resources) => Math.Clamp((long)(resources.CpuRequest * SharesPerCpu), MinShares, MaxShares);

    private static long Quota(decimal cpu) => Math.Max((long)(cpu * Period), MinQuota);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
