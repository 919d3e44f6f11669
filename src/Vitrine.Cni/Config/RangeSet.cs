using System.Net;
using System.Net.Sockets;

namespace Vitrine.Cni.Config;

/// <summary>Ranges of one family of which any may give the address.</summary>
internal sealed record RangeSet(IReadOnlyList<AddressRange> Ranges)
{
    internal AddressFamily Family => Ranges[0].Family;

    internal AddressRange? RangeOf(IPAddress address) => Ranges.FirstOrDefault(r => r.Contains(address));

    public override string ToString() => string.Join(", ", Ranges.Select(r => $"{r.First}-{r.Last}"));
}
