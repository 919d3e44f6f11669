using System.Globalization;

namespace Vitrine.Linux.Interop;

/// <summary>Capability sets of this process from /proc/self/status, bit numbers as in linux/capability.h.</summary>
public static class Capabilities
{
    private static readonly string[] Names =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID",
        "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK",
        "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT",
        "CAP_SYS_NICE", "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL",
        "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON",
        "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
    ];

    /// <summary>What this process may do now.</summary>
    public static IReadOnlySet<string> Effective() => Read("CapEff:");

    /// <summary>What it, and anything it starts, could ever have. Containers cannot be given more than this.</summary>
    public static IReadOnlySet<string> Bounding() => Read("CapBnd:");

    internal static IReadOnlySet<string> Parse(string status, string field)
    {
        foreach (var line in status.Split('\n'))
            if (line.StartsWith(field, StringComparison.Ordinal))
            {
                var bits = ulong.Parse(line.AsSpan(field.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                return Enumerable.Range(0, 64).Where(i => (bits >> i & 1) == 1).Select(i => i < Names.Length ? Names[i] : $"CAP_{i}").ToHashSet();
            }
        throw new FormatException($"/proc/self/status has no {field} line");
    }

    private static IReadOnlySet<string> Read(string field) => Parse(File.ReadAllText("/proc/self/status"), field);
}
