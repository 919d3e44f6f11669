using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>The cgroup that holds a pod's containers, under every hierarchy of the machine.</summary>
/// <param name="mount">Where the hierarchies are, v1 side by side or v2 alone.</param>
internal sealed class PodCgroup(string parent, string mount = "/sys/fs/cgroup")
{
    /// <summary>v2 alone; beside v1 it carries no controllers.</summary>
    public bool IsUnified { get; } = File.Exists(mount + "/cgroup.controllers");

    public string Parent => parent;

    /// <summary>A controller's directory of the cgroup with this path.</summary>
    public string Folder(string controller, string path) => IsUnified ? mount + path : $"{mount}/{controller}{path}";

    /// <summary>Makes the pod's cgroup and limits it as a whole, before the runtime puts containers into it.</summary>
    public void Prepare(V1Pod pod)
    {
        var (path, resources) = (PathOf(pod), PodResources.Of(pod));
        foreach (var (controller, file, value) in IsUnified ? CgroupSettings.Unified(resources) : CgroupSettings.Legacy(resources))
        {
            var directory = Folder(controller, path);
            if (IsUnified)
            {
                Delegate(path);
            }
            else if (!Directory.Exists($"{mount}/{controller}"))
            {
                continue;
            }

            Directory.CreateDirectory(directory);
            File.WriteAllText(Path.Combine(directory, file), value);
        }
    }

    // v2: a child has the controllers its parent hands down (cgroups(7), cgroup.subtree_control).
    private void Delegate(string path)
    {
        var directory = mount;
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var control = Path.Combine(directory, "cgroup.subtree_control");
            if (!File.Exists(control) || !File.ReadAllText(control).Split([' ', '\n']).Contains("memory"))
            {
                File.WriteAllText(control, "+cpu +memory +pids");
            }

            directory = Path.Combine(directory, part);
            Directory.CreateDirectory(directory);
        }
    }

    /// <summary>Path below each hierarchy's root: parent, QoS class (Guaranteed has none), pod.</summary>
    public string PathOf(V1Pod pod) => QosClass.Of(pod) switch
    {
        "Guaranteed" => $"{parent}/pod{pod.Metadata.Uid}",
        var qos => $"{parent}/{qos.ToLowerInvariant()}/pod{pod.Metadata.Uid}",
    };

    /// <summary>Processes in the pod's cgroup and all below it.</summary>
    public int Processes(V1Pod pod)
    {
        var folder = Folder("pids", PathOf(pod));
        return Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Append(folder).Sum(d => File.ReadLines(Path.Combine(d, "cgroup.procs")).Count())
            : 0;
    }

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

    private IEnumerable<string> Hierarchies() => IsUnified ? [mount] : Directory.EnumerateDirectories(mount);

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
