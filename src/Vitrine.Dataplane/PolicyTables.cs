using Vitrine.Dataplane.Apply.Policies;
using Vitrine.Linux.Netns;
using Vitrine.Linux.Nft;

namespace Vitrine.Dataplane;

/// <summary>A look at a node's policy table, and what those who start processes have to know of it.</summary>
public static class PolicyTables
{
    /// <summary>
    /// The group the gateway's proxy runs in: among a node's processes it alone is subject to policies. The kernel notes it with each socket, and a process
    /// without CAP_SETGID cannot change it. Of 60578 to 61183, which systemd and Debian leave to nobody.
    /// </summary>
    public const uint GatewayGroup = 60718;

    /// <summary>What the kernel has, in a stable order; null when there is no table.</summary>
    public static string? Dump(NetnsHandle netns)
    {
        using var nft = NftSocket.OpenIn(netns);
        var skeleton = SkeletonOf(netns);
        return new NftPolicyTable(nft, skeleton).Read() is { } reading ? PolicyTableText.Write(skeleton, reading) : null;
    }

    /// <summary>What was dropped since the node's table was made, in order of names; null when there is no table.</summary>
    public static IReadOnlyList<PolicyDrops>? Drops(NetnsHandle netns)
    {
        using var nft = NftSocket.OpenIn(netns);
        var table = SkeletonOf(netns).Table;
        return !nft.ListTables().Contains(table) ? null
            : [.. nft.ListCounters(table).Select(c => PolicyDrops.Of(c.Name, c.Packets, c.Bytes)).OrderBy(d => d.Policy, StringComparer.Ordinal).ThenBy(d => d.Direction, StringComparer.Ordinal)];
    }

    internal static PolicySkeleton SkeletonOf(NetnsHandle netns) => new(netns.Run(() => NetSysctl.Read("ipv6/conf/all/disable_ipv6")) is not null);
}
