using System.Globalization;

namespace Vitrine.Agent.Node;

/// <summary>What the machine has: whole CPUs, bytes of memory, bytes of the data directory's file system.</summary>
internal sealed record MachineCapacity(int Cpus, long MemoryBytes, long StorageBytes)
{
    public static MachineCapacity Measure(string dataDirectory) => new(
        Environment.ProcessorCount,
        Memory(File.ReadAllText("/proc/meminfo")),
        new DriveInfo(dataDirectory).TotalSize);

    /// <summary>MemTotal of proc_meminfo(5), in bytes.</summary>
    internal static long Memory(string meminfo)
    {
        foreach (var line in meminfo.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("MemTotal:"))
            {
                var number = line["MemTotal:".Length..].Trim();
                return long.Parse(number[..number.IndexOf(' ')], CultureInfo.InvariantCulture) * 1024;
            }
        }

        throw new InvalidDataException("reading the node's memory: /proc/meminfo has no MemTotal line.");
    }
}
