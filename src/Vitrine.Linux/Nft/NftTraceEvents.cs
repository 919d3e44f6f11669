using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;

namespace Vitrine.Linux.Nft;

/// <summary>The same reports as <see cref="NftTraceReader"/>'s, waited for.</summary>
public sealed class NftTraceEvents : IDisposable
{
    private readonly NetlinkListener listener = new(Rtnl.NETLINK_NETFILTER, Nfnl.NFNLGRP_NFTRACE);

    private NftTraceEvents()
    {
    }

    /// <summary>Listens to a namespace, from now on.</summary>
    public static NftTraceEvents OpenIn(NetnsHandle netns) => netns.Run(() => new NftTraceEvents());

    /// <summary>What was reported next; empty when some of it was lost, since there was too much.</summary>
    public async ValueTask<IReadOnlyList<NftTraceStep>> ReadAsync(CancellationToken ct) =>
        NftTraceReader.Steps((await listener.ReadAsync(ct).ConfigureAwait(false)).Span);

    public void Dispose() => listener.Dispose();
}
