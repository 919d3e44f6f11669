using Vitrine.Dataplane.Apply.Services;
using Vitrine.Linux.Netns;
using Vitrine.Linux.Nft;

namespace Vitrine.Dataplane;

/// <summary>A look at a node's service tables.</summary>
public static class ServiceTables
{
    /// <summary>What the kernel has, in a stable order; null when there is no table, or one that is not ours.</summary>
    public static string? Dump(NetnsHandle netns)
    {
        using var nft = NftSocket.OpenIn(netns);
        var skeleton = new ServiceSkeleton(netns.Run(() => NetSysctl.Read("ipv6/conf/all/disable_ipv6")) is not null);
        return new NftServiceTable(nft, skeleton).Read() is { } contents ? ServiceTableText.Write(skeleton, contents) : null;
    }
}
