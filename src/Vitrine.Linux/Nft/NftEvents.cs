using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;

namespace Vitrine.Linux.Nft;

/// <summary>Hears which tables change, whoever changes them.</summary>
public sealed class NftEvents : IDisposable
{
    private readonly NetlinkListener listener = new(Rtnl.NETLINK_NETFILTER, Nfnl.NFNLGRP_NFTABLES);

    private NftEvents()
    {
    }

    /// <summary>Listens to the namespace of the calling thread, from now on.</summary>
    public static NftEvents Open() => new();

    public static NftEvents OpenIn(NetnsHandle netns) => netns.Run(Open);

    /// <summary>Names of tables in which something came or went; null when some news were lost, so that it may be any.</summary>
    public ValueTask<IReadOnlySet<string>?> ReadAsync(CancellationToken ct) => ReadAsync(0, ct);

    /// <summary>Likewise, but what the socket itself did is not news.</summary>
    public ValueTask<IReadOnlySet<string>?> ReadAsync(NftSocket except, CancellationToken ct) => ReadAsync(except.Port, ct);

    private async ValueTask<IReadOnlySet<string>?> ReadAsync(uint except, CancellationToken ct)
    {
        var datagram = await listener.ReadAsync(ct).ConfigureAwait(false);
        return datagram.IsEmpty ? null : Tables(datagram.Span, except);
    }

    public void Dispose() => listener.Dispose();

    internal static HashSet<string> Tables(ReadOnlySpan<byte> datagram, uint except = 0)
    {
        // The table is attribute 1 of whatever is in one.
        const ushort table = 1;
        var names = new HashSet<string>();
        var reader = new NetlinkMessageReader(datagram);
        while (reader.Next())
        {
            if (reader.Type == Nfnl.MessageType(Nfnl.NFT_MSG_NEWGEN) || reader.Body.Length < Nfnl.NfgenmsgSize || (except != 0 && reader.Port == except))
                continue;
            var attributes = new AttributeReader(reader.Body[Nfnl.NfgenmsgSize..]);
            if (attributes.Next() && attributes.Type == table)
                names.Add(attributes.String);
        }
        return names;
    }
}
