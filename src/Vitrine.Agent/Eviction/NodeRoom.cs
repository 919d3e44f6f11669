using System.Globalization;
using Vitrine.Agent.Node;
using Vitrine.Agent.Stats;
using Vitrine.Linux.Interop;

namespace Vitrine.Agent.Eviction;

/// <summary>What is left of the node's resources, by eviction signal.</summary>
internal static class NodeRoom
{
    /// <param name="directory">Where pods, logs and images lie: one file system is all three.</param>
    public static IReadOnlyDictionary<string, (long Available, long Capacity)> Read(string directory, MachineCapacity machine)
    {
        var disk = FileSystems.Usage(directory);
        var memory = machine.MemoryBytes - MachineUsage.Read().WorkingSetBytes;
        return new Dictionary<string, (long, long)>(StringComparer.Ordinal)
        {
            [EvictionThreshold.Memory] = (memory, machine.MemoryBytes),
            [EvictionThreshold.Nodefs] = (disk.AvailableBytes, disk.TotalBytes),
            [EvictionThreshold.NodefsInodes] = (disk.FreeInodes, disk.TotalInodes),
            [EvictionThreshold.Imagefs] = (disk.AvailableBytes, disk.TotalBytes),
            [EvictionThreshold.ImagefsInodes] = (disk.FreeInodes, disk.TotalInodes),
            [EvictionThreshold.Pids] = Pids(File.ReadAllText("/proc/loadavg"), File.ReadAllText("/proc/sys/kernel/pid_max"), File.ReadAllText("/proc/sys/kernel/threads-max")),
        };
    }

    /// <summary>The fourth field of loadavg is RUNNING/ALL, in threads (proc_loadavg(5)).</summary>
    internal static (long Available, long Capacity) Pids(string loadavg, string pidMax, string threadsMax)
    {
        var most = Math.Min(long.Parse(pidMax.AsSpan().Trim(), CultureInfo.InvariantCulture), long.Parse(threadsMax.AsSpan().Trim(), CultureInfo.InvariantCulture));
        return (most - long.Parse(loadavg.Split(' ')[3].Split('/')[1], CultureInfo.InvariantCulture), most);
    }
}
