using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>The cgroup that holds a pod's containers, under every hierarchy of the machine.</summary>
internal sealed class PodCgroup(string parent)
{
    private const string Mount = "/sys/fs/cgroup";

    /// <summary>Path below each hierarchy's root: parent, QoS class (Guaranteed has none), pod.</summary>
    public string PathOf(V1Pod pod) => QosClass.Of(pod) switch
    {
        "Guaranteed" => $"{parent}/pod{pod.Metadata.Uid}",
        var qos => $"{parent}/{qos.ToLowerInvariant()}/pod{pod.Metadata.Uid}",
    };

    /// <summary>Removes what the runtime leaves behind: rmdir from the leaves up; a busy cgroup stays.</summary>
    public void Remove(string uid)
    {
        foreach (var hierarchy in Hierarchies())
        {
            foreach (var directory in (string[])[$"{hierarchy}{parent}/pod{uid}", $"{hierarchy}{parent}/burstable/pod{uid}", $"{hierarchy}{parent}/besteffort/pod{uid}"])
            {
                if (Directory.Exists(directory))
                {
                    RemoveTree(directory);
                }
            }
        }
    }

    private static IEnumerable<string> Hierarchies() => File.Exists(Mount + "/cgroup.controllers") ? [Mount] : Directory.EnumerateDirectories(Mount);

    private static void RemoveTree(string directory)
    {
        foreach (var child in Directory.EnumerateDirectories(directory))
        {
            RemoveTree(child);
        }

        try
        {
            // cgroupfs: rmdir works although the directory lists files; .NET's non-recursive delete is one rmdir(2).
            Directory.Delete(directory);
        }
        catch (IOException)
        {
            // EBUSY: a process is still leaving; the next collection of orphans takes it.
        }
    }
}
