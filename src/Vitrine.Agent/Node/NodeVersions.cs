namespace Vitrine.Agent.Node;

/// <summary>What the node says of its software.</summary>
internal sealed record NodeVersions(string Kubelet, string ContainerRuntime, string Kernel, string OsImage, string MachineId, string BootId)
{
    public static NodeVersions Read(string kubelet, string runtimeVersion) => new(
        kubelet,
        "containerd://" + runtimeVersion.TrimStart('v'),
        Line("/proc/sys/kernel/osrelease"),
        PrettyName(File.Exists("/etc/os-release") ? File.ReadAllText("/etc/os-release") : ""),
        File.Exists("/etc/machine-id") ? Line("/etc/machine-id") : "",
        Line("/proc/sys/kernel/random/boot_id"));

    /// <summary>PRETTY_NAME of os-release(5).</summary>
    internal static string PrettyName(string osRelease)
    {
        foreach (var line in osRelease.Split('\n'))
        {
            if (line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal))
            {
                return line["PRETTY_NAME=".Length..].Trim().Trim('"', '\'');
            }
        }

        return "Linux";
    }

    private static string Line(string path) => File.ReadAllText(path).Trim();
}
