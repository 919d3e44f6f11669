using System.Buffers.Binary;
using System.Net;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;

namespace Vitrine.Linux.Nft;

/// <summary>
/// What happens to packets for which a rule said <see cref="NftRule.Trace"/>, in any table of the namespace it was opened in. Reports begin with the
/// opening; read them when the packet has been sent.
/// </summary>
public sealed class NftTraceReader : IDisposable
{
    private const uint TraceTypePolicy = 1, TraceTypeReturn = 2;
    private readonly NetlinkHandle handle;
    private readonly byte[] received = new byte[64 * 1024];

    private NftTraceReader(NetlinkHandle handle) => this.handle = handle;

    public static NftTraceReader Open()
    {
        var handle = NetlinkHandle.Open(Rtnl.NETLINK_NETFILTER);
        handle.Join(Nfnl.NFNLGRP_NFTRACE);
        return new NftTraceReader(handle);
    }

    public static NftTraceReader OpenIn(NetnsHandle netns) => netns.Run(Open);

    /// <summary>All that was reported since the last call; it does not wait.</summary>
    public IReadOnlyList<NftTraceStep> Read()
    {
        var steps = new List<NftTraceStep>();
        for (int length; (length = handle.TryReceive(received)) >= 0;)
            steps.AddRange(Steps(received.AsSpan(0, length)));
        return steps;
    }

    public void Dispose() => handle.Dispose();

    internal static List<NftTraceStep> Steps(ReadOnlySpan<byte> datagram)
    {
        var steps = new List<NftTraceStep>();
        var reader = new NetlinkMessageReader(datagram);
        while (reader.Next())
            if (reader.Type == Nfnl.MessageType(Nfnl.NFT_MSG_TRACE))
                steps.Add(Step(reader.Body));
        return steps;
    }

    internal static NftTraceStep Step(ReadOnlySpan<byte> body)
    {
        string table = "", chain = "";
        ulong? rule = null;
        uint id = 0, type = 0;
        int iif = 0, oif = 0;
        uint? policy = null;
        NftVerdict? verdict = null;
        IPAddress? source = null, destination = null;
        byte protocol = 0;
        int from = 0, to = 0;
        var attributes = new AttributeReader(body[Nfnl.NfgenmsgSize..]);
        while (attributes.Next())
            switch (attributes.Type)
            {
                case Nfnl.NFTA_TRACE_TABLE: table = attributes.String; break;
                case Nfnl.NFTA_TRACE_CHAIN: chain = attributes.String; break;
                case Nfnl.NFTA_TRACE_RULE_HANDLE: rule = attributes.UInt64BigEndian; break;
                case Nfnl.NFTA_TRACE_TYPE: type = attributes.UInt32BigEndian; break;
                case Nfnl.NFTA_TRACE_VERDICT: verdict = Verdict(attributes.Value); break;
                // The id is opaque; nft(8) reads it as the machine's number.
                case Nfnl.NFTA_TRACE_ID: id = attributes.UInt32; break;
                case Nfnl.NFTA_TRACE_IIF: iif = (int)attributes.UInt32BigEndian; break;
                case Nfnl.NFTA_TRACE_OIF: oif = (int)attributes.UInt32BigEndian; break;
                case Nfnl.NFTA_TRACE_POLICY: policy = attributes.UInt32BigEndian; break;
                case Nfnl.NFTA_TRACE_NETWORK_HEADER: (source, destination, protocol) = Addresses(attributes.Value); break;
                case Nfnl.NFTA_TRACE_TRANSPORT_HEADER when attributes.Value.Length >= 4:
                    (from, to) = (BinaryPrimitives.ReadUInt16BigEndian(attributes.Value), BinaryPrimitives.ReadUInt16BigEndian(attributes.Value[2..]));
                    break;
            }
        if (type == TraceTypePolicy)
            verdict = new NftVerdict((int)(policy ?? 1));
        else if (type == TraceTypeReturn)
            verdict ??= NftVerdict.Return;
        var hasPorts = protocol is 6 or 17 or 132;
        return new NftTraceStep(id, new NftTable((NftFamily)body[0], table), chain, rule, verdict ?? new NftVerdict(-1), type == TraceTypePolicy)
        {
            InInterface = iif, OutInterface = oif, Source = source, Destination = destination,
            Protocol = protocol, SourcePort = hasPorts ? from : 0, DestinationPort = hasPorts ? to : 0,
        };
    }

    private static NftVerdict Verdict(ReadOnlySpan<byte> nested)
    {
        var code = 0;
        string? chain = null;
        var inner = new AttributeReader(nested);
        while (inner.Next())
            if (inner.Type == Nfnl.NFTA_VERDICT_CODE)
                code = (int)inner.UInt32BigEndian;
            else if (inner.Type == Nfnl.NFTA_VERDICT_CHAIN)
                chain = inner.String;
        return new NftVerdict(code, chain);
    }

    private static (IPAddress?, IPAddress?, byte) Addresses(ReadOnlySpan<byte> header) =>
        header.Length >= 20 && header[0] >> 4 == 4 ? (new IPAddress(header[12..16]), new IPAddress(header[16..20]), header[9])
        : header.Length >= 40 && header[0] >> 4 == 6 ? (new IPAddress(header[8..24]), new IPAddress(header[24..40]), header[6])
        : (null, null, 0);
}
