namespace Vitrine.Clusters;

/// <summary>
/// A node's network, mount and UTS namespaces, pinned to files, so that no process has to hold them and the death of any
/// leaves the node standing.
/// </summary>
internal sealed class NodeNamespaces(ClusterPaths paths, NodeSpec node, string runtime)
{
    // Runs once inside the new namespaces. What containerd and CNI keep at fixed paths becomes the node's own; the tree is
    // made shared again because CRI's mount propagation needs it, within this namespace only.
    private const string Init = """
        set -e
        mount --make-rprivate /
        hostname "$1"
        mkdir -p "$2/containerd" "$2/netns" /run/containerd
        mount --bind "$2/containerd" /run/containerd
        [ ! -d /run/netns ] || mount -t tmpfs -o mode=0755 tmpfs /run/netns
        if [ "$3" = crun ] && [ -f /sys/fs/cgroup/unified/cgroup.controllers ]; then umount /sys/fs/cgroup/unified; fi
        mount --make-rshared /
        """;

    /// <summary>Which namespaces a node has, by the names of /proc/PID/ns.</summary>
    public static readonly string[] Kinds = ["net", "mnt", "uts"];

    public string Network => paths.NodePin(node.Name, "net");

    private string Mount => paths.NodePin(node.Name, "mnt");

    private string Uts => paths.NodePin(node.Name, "uts");

    /// <summary>True when all three are pinned.</summary>
    public bool Exist => Kinds.All(k => IsNamespace(paths.NodePin(node.Name, k)));

    /// <summary>Makes and pins them unless they are there.</summary>
    public async Task EnsureAsync(CancellationToken ct)
    {
        if (Exist)
        {
            return;
        }

        Directory.CreateDirectory(paths.NodeRun(node.Name));
        Directory.CreateDirectory(paths.Pins);
        if (!Linux.Interop.Mounts.List().Any(m => m.MountPoint == paths.Pins))
        {
            // unshare(1): a mount namespace can only be pinned on a mount of private propagation.
            Linux.Interop.Mounts.Bind(paths.Pins, paths.Pins);
            Linux.Interop.Mounts.MakePrivate(paths.Pins);
        }

        foreach (var pin in new[] { Network, Mount, Uts })
        {
            await File.WriteAllTextAsync(pin, "", ct);
        }

        await Subprocess.RequireAsync(
            "unshare",
            [$"--net={Network}", $"--uts={Uts}", $"--mount={Mount}", "--propagation", "private", "/bin/sh", "-c", Init, "sh", node.Name, paths.NodeRun(node.Name), runtime],
            ct);
    }

    /// <summary>Arguments of nsenter(1) before a program that shall run on the node.</summary>
    public IReadOnlyList<string> Enter => [$"--net={Network}", $"--uts={Uts}", $"--mount={Mount}", "--"];

    private static bool IsNamespace(string pin) => Linux.Interop.Mounts.List().Any(m => m.MountPoint == pin && m.FileSystem == "nsfs");
}
