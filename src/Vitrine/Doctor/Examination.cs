using System.Net;
using System.Net.Sockets;
using Vitrine.Clusters;
using Vitrine.Images;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Model;

namespace Vitrine.Doctor;

/// <summary>Looks at everything `up` needs of this machine, by trying it where that is harmless.</summary>
internal static class Examination
{
    private static readonly (string Program, string Package, string Why)[] Programs =
    [
        ("containerd", "containerd", "runs the containers of each node"),
        ("runc", "runc", "starts containers"),
        ("nsenter", "util-linux", "starts processes on a node"),
        ("unshare", "util-linux", "makes a node's namespaces"),
        ("mount", "mount", "lays out a node's own /run/containerd"),
        ("tail", "coreutils", "vitrine logs"),
        ("apt-get", "apt", "vitrine image build"),
        ("dpkg-deb", "dpkg", "vitrine image build"),
    ];

    private static readonly string[] NeededCapabilities = ["CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_MKNOD", "CAP_SETUID", "CAP_SETGID", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_KILL"];

    public static IReadOnlyList<Finding> Run() =>
    [
        Finding.Of(Environment.IsPrivilegedProcess, "root", "namespaces, mounts and links", "run as root (sudo)"),
        .. Capabilities(),
        .. Kernel(),
        .. Programs.Select(p => Subprocess.Find(p.Program) is { } at
            ? new Finding($"program {p.Program}", "ok", at, "")
            : new Finding($"program {p.Program}", "missing", p.Why, $"apt-get install {p.Package}")),
        Finding.Wish(Subprocess.Find("kubectl") is not null, "program kubectl", "how you talk to the cluster", "apt-get install kubernetes-client"),
        Finding.Wish(Subprocess.Find("crun") is not null, "program crun", "only for up --runtime crun", "apt-get install crun"),
        Finding.Of(File.Exists($"{ClusterComponents.CniFolder}/vitrine-cni"), "vitrine-cni", ClusterComponents.CniFolder, "build it: ./build.sh"),
        Images(),
        Port(ClusterSpec.DefaultApiPort),
        .. DefaultRanges(),
        Disk(),
    ];

    private static IEnumerable<Finding> Capabilities()
    {
        var have = Linux.Interop.Capabilities.Effective();
        foreach (var needed in NeededCapabilities)
        {
            yield return Finding.Of(have.Contains(needed), needed, "this process", "run with full privileges (in a container: --privileged)");
        }

        yield return Finding.Wish(have.Contains("CAP_SYS_RESOURCE"), "CAP_SYS_RESOURCE", "OOM scores below this process's own", "none needed: containerd is told to keep OOM scores as they are");
    }

    private static IEnumerable<Finding> Kernel()
    {
        var version = Environment.OSVersion.Version;
        yield return Finding.Of(version >= new Version(5, 10), "kernel 5.10 or newer", $"this is {version}", "boot a newer kernel");
        foreach (var ns in new[] { "net", "mnt", "uts", "pid", "ipc" })
        {
            yield return Finding.Of(File.Exists($"/proc/self/ns/{ns}"), $"namespace {ns}", "nodes and pods", $"a kernel with CONFIG_{(ns == "mnt" ? "NAMESPACES" : ns.ToUpperInvariant() + "_NS")}");
        }

        var filesystems = File.ReadAllText("/proc/filesystems");
        yield return Finding.Of(filesystems.Contains("overlay", StringComparison.Ordinal), "file system overlay", "container images", "modprobe overlay");
        yield return Finding.Of(Directory.Exists("/sys/fs/cgroup/memory") || File.Exists("/sys/fs/cgroup/cgroup.controllers"), "cgroups", "limits of containers", "mount cgroup2 on /sys/fs/cgroup");
        foreach (var kind in new[] { "veth", "bridge" })
        {
            var (ok, said) = Environment.IsPrivilegedProcess ? Try(kind) : (false, "needs root to try");
            yield return Finding.Of(ok, $"link kind {kind}", said, $"modprobe {kind}");
        }
    }

    /// <summary>Makes a link of the kind in this network namespace under a name of our own, and removes it.</summary>
    private static (bool Ok, string Said) Try(string kind)
    {
        var name = $"vdr{Environment.ProcessId % 1000000}";
        try
        {
            using var socket = RtnetlinkSocket.Open();
            if (kind == "veth")
            {
                socket.CreateVeth(name, name + "p");
            }
            else
            {
                socket.CreateBridge(name);
            }

            socket.DeleteLink(name);
            return (true, "made and removed one");
        }
        catch (LinuxException e)
        {
            return (false, e.Message);
        }
    }

    private static Finding Images()
    {
        var images = new ImageStore(ClusterPaths.Images).List();
        return Finding.Of(images.ContainsKey("registry.k8s.io/pause:3.10"), "pause image", $"{images.Count} images in {ClusterPaths.Images}", "run: vitrine image build");
    }

    private static Finding Port(int port)
    {
        using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return new Finding($"port {port}", "ok", "free on 127.0.0.1", "");
        }
        catch (SocketException)
        {
            var ours = ClusterPaths.All().Select(n => ClusterSpec.Read(new ClusterPaths(n))).FirstOrDefault(s => s?.ApiPort == port);
            return ours is not null
                ? new Finding($"port {port}", "ok", $"held by cluster \"{ours.Name}\"", "")
                : new Finding($"port {port}", "missing", "somebody listens there", $"stop who does (ss -ltnp 'sport = :{port}'), or up --api-port N");
        }
    }

    private static IEnumerable<Finding> DefaultRanges()
    {
        var taken = HostNetwork.Taken();
        foreach (var (flag, cidr) in new[] { ("--pod-cidr", ClusterSpec.DefaultPodCidr), ("--service-cidr", ClusterSpec.DefaultServiceCidr), ("--node-cidr", ClusterSpec.DefaultNodeCidr) })
        {
            var range = IPNetwork.Parse(cidr);
            var clash = taken.FirstOrDefault(t => Subnets.Overlap(t.Range, range));
            var ours = ClusterPaths.All().Select(n => ClusterSpec.Read(new ClusterPaths(n))).FirstOrDefault(s => s?.AllRanges.Any(r => r.Range == range) == true);
            yield return clash.Owner is null ? new Finding($"range {cidr}", "ok", "free", "")
                : ours is not null ? new Finding($"range {cidr}", "ok", $"held by cluster \"{ours.Name}\"", "")
                : new Finding($"range {cidr}", "warning", $"overlaps {clash.Range} ({clash.Owner})", $"up {flag} {Ranges.Suggest(range, [.. taken.Select(t => t.Range)])}");
        }
    }

    private static Finding Disk()
    {
        var free = new DriveInfo("/var/lib").AvailableFreeSpace / 1048576;
        return free < 512
            ? new Finding("disk space", "missing", $"{free} MB free under /var/lib", "free at least 2 GB")
            : Finding.Wish(free >= 2048, "disk space", $"{free} MB free under /var/lib", "free at least 2 GB");
    }
}
