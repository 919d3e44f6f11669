namespace Vitrine.Clusters;

/// <summary>
/// The cluster's corner of every cgroup hierarchy of this machine (v1, v2 or both side by side). Membership is inherited
/// over fork, so it finds whatever the cluster started, also after a crash of whoever started it.
/// </summary>
internal static class Cgroups
{
    private const string Root = "/sys/fs/cgroup";

    /// <summary>The folder whose cgroup.procs the components are put into: v2 where it is alone, else the pids controller.</summary>
    public static string Tracking(string group)
    {
        var hierarchy = File.Exists($"{Root}/cgroup.controllers") ? Root : new[] { "pids", "systemd", "freezer", "memory" }.Select(c => $"{Root}/{c}").First(Directory.Exists);
        return $"{hierarchy}/{group.TrimStart('/')}";
    }

    /// <summary>Makes the folder components are put into; a leaf, as v2 wants it.</summary>
    public static string EnsureComponents(string group)
    {
        var folder = $"{Tracking(group)}/components";
        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>Processes of the group and of all below it, in any hierarchy.</summary>
    public static IReadOnlyList<int> Processes(string group)
    {
        var found = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var pid) && pid != Environment.ProcessId && Belongs(folder, group))
            {
                found.Add(pid);
            }
        }

        return found;
    }

    /// <summary>Removes the group and all below it from every hierarchy, deepest first. Returns what could not be removed.</summary>
    public static IReadOnlyList<string> Remove(string group)
    {
        var left = new List<string>();
        foreach (var hierarchy in Hierarchies())
        {
            var top = $"{hierarchy}/{group.TrimStart('/')}";
            if (!Directory.Exists(top))
            {
                continue;
            }

            foreach (var folder in Directory.EnumerateDirectories(top, "*", SearchOption.AllDirectories).Append(top).OrderByDescending(d => d.Length))
            {
                try
                {
                    // rmdir(2): a cgroup folder's files go with it.
                    Directory.Delete(folder);
                }
                catch (IOException)
                {
                    left.Add(folder);
                }
            }
        }

        return left;
    }

    private static IEnumerable<string> Hierarchies() => Directory.Exists(Root) ? Directory.EnumerateDirectories(Root).Prepend(Root) : [];

    private static bool Belongs(string proc, string group)
    {
        try
        {
            // Lines are ID:CONTROLLERS:PATH; see cgroups(7).
            return File.ReadLines($"{proc}/cgroup").Any(l =>
                l.IndexOf(':', l.IndexOf(':') + 1) is var at && at > 0
                && (l.AsSpan(at + 1).SequenceEqual(group) || l.AsSpan(at + 1).StartsWith(group + "/", StringComparison.Ordinal)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process ended between the listing and the look.
            return false;
        }
    }
}
