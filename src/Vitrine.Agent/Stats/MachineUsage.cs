using System.Globalization;

namespace Vitrine.Agent.Stats;

/// <summary>CPU and memory of the whole machine, from proc(5): the root of a unified hierarchy has no such files.</summary>
internal static class MachineUsage
{
    private const long NanosecondsPerTick = 10_000_000;

    public static Usage Read() => Parse(File.ReadAllText("/proc/stat"), File.ReadAllText("/proc/meminfo"));

    internal static Usage Parse(string stat, string meminfo)
    {
        var used = Kilobytes(meminfo, "MemTotal:") - Kilobytes(meminfo, "MemFree:");
        return new Usage(Ticks(stat) * NanosecondsPerTick, used, Math.Max(0, used - Kilobytes(meminfo, "Inactive(file):")), Kilobytes(meminfo, "AnonPages:"));
    }

    /// <summary>User, nice and system time, interrupts and what was stolen: all but idle and waiting for input and output. Guests are part of user time.</summary>
    private static long Ticks(string stat)
    {
        var fields = stat[..stat.IndexOf('\n', StringComparison.Ordinal)].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new[] { 1, 2, 3, 6, 7, 8 }.Where(i => i < fields.Length).Sum(i => long.Parse(fields[i], CultureInfo.InvariantCulture));
    }

    private static long Kilobytes(string meminfo, string name)
    {
        foreach (var line in meminfo.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(name))
            {
                var number = line[name.Length..].Trim();
                return long.Parse(number[..number.IndexOf(' ')], CultureInfo.InvariantCulture) * 1024;
            }
        }

        return 0;
    }
}
