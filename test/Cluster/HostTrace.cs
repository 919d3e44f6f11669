namespace Vitrine.Cluster;

/// <summary>What a cluster could leave on the host, one line each: links, routes, rules, namespaces, mounts, cgroups, processes, files.</summary>
public static class HostTrace
{
    /// <param name="cluster">Only what carries this cluster's name counts where other clusters may come and go meanwhile.</param>
    public static async Task<HashSet<string>> TakeAsync(string cluster)
    {
        var lines = new HashSet<string>();
        foreach (var (program, arguments) in new[]
        {
            ("ip", "-o route show table all"),
            ("ip", "-o rule"),
            ("ip", "netns list"),
            ("nft", "list ruleset"),
        })
        {
            var result = await Shell.RunAsync(program, arguments.Split(' '));
            lines.UnionWith(result.Output.Split('\n').Where(l => !OfAnother(l, cluster)).Select(l => $"{program}: {l.Trim()}"));
        }

        lines.UnionWith((await Shell.RunAsync("ip", ["-br", "link"])).Output.Split('\n').Select(l => l.Split(' ')[0].Split('@')[0])
            .Where(n => n == $"vtr-{cluster}").Select(n => $"link: {n}"));
        lines.UnionWith(File.ReadLines("/proc/self/mountinfo").Where(l => l.Contains($"/vitrine/{cluster}", StringComparison.Ordinal) || l.Contains($"/clusters/{cluster}/", StringComparison.Ordinal)).Select(l => $"mount: {l}"));
        lines.UnionWith(Directory.EnumerateDirectories("/sys/fs/cgroup", $"vitrine-{cluster}", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 }).Select(d => $"cgroup: {d}"));
        foreach (var folder in new[] { $"/run/vitrine/{cluster}", $"/var/lib/vitrine/clusters/{cluster}" }.Where(Directory.Exists))
        {
            lines.Add($"folder: {folder}");
        }

        foreach (var process in Directory.EnumerateDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _)))
        {
            try
            {
                if (File.ReadAllText($"{process}/cgroup").Contains($"/vitrine-{cluster}/", StringComparison.Ordinal))
                {
                    lines.Add($"process: {File.ReadAllText($"{process}/cmdline").Replace('\0', ' ')}");
                }
            }
            catch (IOException)
            {
                // Ended while it was looked at.
            }
        }

        return lines;
    }

    /// <summary>Routes of clusters that other tests run at the same time: their ranges are 10.200-10.239, 172.29 and what IPv6 derives from them.</summary>
    private static bool OfAnother(string line, string cluster)
    {
        var index = cluster switch { "clean" => 2, "wreck" => 3, _ => throw new ArgumentOutOfRangeException(nameof(cluster)) };
        string[] all = ["10.2", "172.29.", "fd00:10:2", "fd00:172:29:", "fe80:", "ff00::", "multicast"];
        string[] own = [$"10.{200 + index}.", $"10.{220 + index}.", $"172.29.{index}.", $"fd00:10:{200 + index}:", $"fd00:10:{220 + index}:", $"fd00:172:29:{index}:"];
        return all.Any(a => line.Contains(a, StringComparison.Ordinal)) && !own.Any(o => line.Contains(o, StringComparison.Ordinal));
    }
}
