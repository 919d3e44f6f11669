namespace Vitrine.Cluster;

/// <summary>What a cluster could leave on the host, one line each: links, routes, rules, namespaces, mounts, cgroups, processes, files.</summary>
public static class HostTrace
{
    /// <param name="cluster">Its links, mounts, cgroups, folders and processes; routes, rules, namespaces and tables are the whole host's.</param>
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
            lines.UnionWith(result.Output.Split('\n').Select(l => $"{program}: {l.Trim()}"));
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
}
