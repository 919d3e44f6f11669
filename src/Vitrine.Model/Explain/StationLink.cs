using System.Collections.Immutable;
using Vitrine.Model.Plans;

namespace Vitrine.Model.Explain;

/// <summary>A network interface of a station.</summary>
/// <param name="Index">ifindex</param>
/// <param name="Name">as in <c>ip link</c></param>
/// <param name="Mtu">bytes; 0 for not known</param>
public sealed record StationLink(int Index, string Name, int Mtu)
{
    public bool Up { get; init; } = true;

    /// <summary>"veth", "vxlan", "bridge" …; null for hardware.</summary>
    public string? Kind { get; init; }

    /// <summary>Of a veth: its other end's index where that end is.</summary>
    public int PeerIndex { get; init; }

    /// <summary>ip link's free text.</summary>
    public string? Alias { get; init; }

    /// <summary>rp_filter 1: an IPv4 packet that comes in here must have come by the way an answer would go.</summary>
    public bool StrictReversePath { get; init; }

    public ImmutableArray<LinkNetwork> Addresses { get; init; } = [];

    /// <summary>Our plugin's link of a pod says whose it is.</summary>
    /// <param name="podKey">namespace/name</param>
    public bool Bears(string podKey) => Alias?.EndsWith($" {podKey}", StringComparison.Ordinal) == true;
}
