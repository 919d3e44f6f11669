using System.Globalization;

namespace Vitrine.Agent.Containerd;

/// <summary>This process's effective capabilities, from /proc/self/status (capabilities(7)).</summary>
internal static class Capabilities
{
    private const int SysResource = 24;

    /// <summary>Without CAP_SYS_RESOURCE no oom_score_adj may be lowered, and runc fails instead of ignoring that.</summary>
    public static bool MayLowerOomScore() => Holds(File.ReadAllText("/proc/self/status"), SysResource);

    internal static bool Holds(string status, int capability)
    {
        foreach (var line in status.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("CapEff:"))
            {
                return (ulong.Parse(line["CapEff:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> capability & 1) == 1;
            }
        }

        return false;
    }
}
