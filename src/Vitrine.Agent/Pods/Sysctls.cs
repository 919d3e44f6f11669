using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>
/// Which kernel settings a pod may have: those of its own namespaces that harm no other pod, and the unsafe ones an administrator allows
/// (https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/).
/// </summary>
/// <param name="allowed">Names, or prefixes that end in *.</param>
internal sealed class Sysctls(IReadOnlyList<string> allowed)
{
    private static readonly HashSet<string> Safe = new(StringComparer.Ordinal)
    {
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports", "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_rmem", "net.ipv4.tcp_syncookies", "net.ipv4.tcp_wmem",
    };

    private static readonly string[] OfIpc = ["kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue."];

    /// <summary>"net/ipv4/x.y" is another way to write it: there a slash separates and a dot belongs to the name, as sysctl(8) has it.</summary>
    public static string Dotted(string name) =>
        name.IndexOfAny(['.', '/']) is >= 0 and var first && name[first] == '/'
            ? string.Create(name.Length, name, static (span, text) =>
            {
                for (var i = 0; i < span.Length; i++)
                {
                    span[i] = text[i] switch { '/' => '.', '.' => '/', var c => c };
                }
            })
            : name;

    /// <returns>Why the pod may not run here, in kubelet's words, or null.</returns>
    public string? Refusal(V1Pod pod)
    {
        foreach (var sysctl in pod.Spec.SecurityContext?.Sysctls ?? [])
        {
            var name = Dotted(sysctl.Name);
            var (ofNet, ofIpc) = (name.StartsWith("net.", StringComparison.Ordinal), OfIpc.Any(p => name.StartsWith(p, StringComparison.Ordinal)));
            if (ofNet && pod.Spec.HostNetwork == true)
            {
                return $"forbidden sysctl: \"{name}\" not allowed with host net enabled";
            }

            if (ofIpc && pod.Spec.HostIPC == true)
            {
                return $"forbidden sysctl: \"{name}\" not allowed with host ipc enabled";
            }

            if (!Safe.Contains(name) && !((ofNet || ofIpc) && allowed.Any(pattern => Allows(pattern, name))))
            {
                return $"forbidden sysctl: \"{name}\" not allowlisted";
            }
        }

        return null;
    }

    private static bool Allows(string pattern, string name) =>
        pattern.EndsWith('*') ? name.StartsWith(Dotted(pattern[..^1]), StringComparison.Ordinal) : Dotted(pattern) == name;
}
