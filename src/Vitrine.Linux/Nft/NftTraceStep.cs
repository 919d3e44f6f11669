using System.Net;

namespace Vitrine.Linux.Nft;

/// <summary>One thing that happened to a traced packet.</summary>
/// <param name="Packet">the same for all steps of one packet at one hook</param>
/// <param name="Table">whose chain it is in</param>
/// <param name="Chain">where it is</param>
/// <param name="RuleHandle">the rule that decided, null when the chain ended</param>
/// <param name="Verdict">what it decided</param>
/// <param name="ByPolicy">the chain's end decided</param>
public sealed record NftTraceStep(uint Packet, NftTable Table, string Chain, ulong? RuleHandle, NftVerdict Verdict, bool ByPolicy)
{
    /// <summary>ifindex, 0 for none.</summary>
    public int InInterface { get; init; }

    /// <summary>ifindex, 0 for none.</summary>
    public int OutInterface { get; init; }

    /// <summary>Of the IP header, in the first step of a packet only.</summary>
    public IPAddress? Source { get; init; }

    public IPAddress? Destination { get; init; }

    /// <summary>IPPROTO_*, with the addresses; of IPv6 that of the first header after the fixed one.</summary>
    public byte Protocol { get; init; }

    /// <summary>Of TCP, UDP and SCTP; 0 for none.</summary>
    public int SourcePort { get; init; }

    public int DestinationPort { get; init; }
}
