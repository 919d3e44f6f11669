using System.Globalization;
using Vitrine.Agent.Pods;

namespace Vitrine.Agent.Stats;

/// <summary>Reads CPU and memory of a cgroup in either version of the interface (cgroups(7), Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst).</summary>
internal sealed class CgroupReader(PodCgroup cgroups)
{
    /// <param name="path">Below each hierarchy's root, e.g. /vitrine/node-1/pod1234/abcd.</param>
    /// <returns>Null when it is gone.</returns>
    public Usage? Read(string path)
    {
        try
        {
            return cgroups.IsUnified ? Unified(cgroups.Folder("", path)) : Legacy(cgroups.Folder("cpuacct", path), cgroups.Folder("memory", path));
        }
        catch (IOException)
        {
            // No such file, or the cgroup went away under our eyes (ENODEV).
            return null;
        }
    }

    private static Usage Legacy(string cpu, string memory)
    {
        var stat = File.ReadAllText(Path.Combine(memory, "memory.stat"));
        var charged = Number(File.ReadAllText(Path.Combine(memory, "memory.usage_in_bytes")));
        return new Usage(Number(File.ReadAllText(Path.Combine(cpu, "cpuacct.usage"))), charged, Math.Max(0, charged - Field(stat, "total_inactive_file ")), Field(stat, "total_rss "));
    }

    private static Usage Unified(string folder)
    {
        var stat = File.ReadAllText(Path.Combine(folder, "memory.stat"));
        var charged = Number(File.ReadAllText(Path.Combine(folder, "memory.current")));
        return new Usage(Field(File.ReadAllText(Path.Combine(folder, "cpu.stat")), "usage_usec ") * 1000, charged, Math.Max(0, charged - Field(stat, "inactive_file ")), Field(stat, "anon "));
    }

    private static long Number(string text) => long.Parse(text.AsSpan().Trim(), CultureInfo.InvariantCulture);

    /// <summary>The number behind a word at the start of a line; 0 where there is none.</summary>
    internal static long Field(string text, string word)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(word) && long.TryParse(line[word.Length..], CultureInfo.InvariantCulture, out var number))
            {
                return number;
            }
        }

        return 0;
    }
}
