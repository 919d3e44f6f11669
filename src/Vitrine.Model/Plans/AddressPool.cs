using System.Net;
using System.Net.Sockets;

namespace Vitrine.Model.Plans;

/// <summary>Addresses for LoadBalancer Services.</summary>
/// <param name="Name">What the annotation vitrine.dev/lb-pool calls it; several ranges may have one name.</param>
/// <param name="First">The first address.</param>
/// <param name="Last">The last one, of the same family.</param>
public sealed record AddressPool(string Name, IPAddress First, IPAddress Last)
{
    public const string DefaultName = "default";

    public AddressFamily Family => First.AddressFamily;

    public UInt128 Size => Subnets.Number(Last) - Subnets.Number(First) + 1;

    public bool Contains(IPAddress address) => address.AddressFamily == Family && Subnets.Number(address) >= Subnets.Number(First) && Subnets.Number(address) <= Subnets.Number(Last);

    /// <summary>The n-th address, 0 being the first.</summary>
    public IPAddress At(UInt128 n) => Subnets.Address(Family, Subnets.Number(First) + n);

    /// <summary>Whether any address is in both.</summary>
    public bool Overlaps(IPNetwork range) => range.BaseAddress.AddressFamily == Family && (range.Contains(First) || range.Contains(Last) || Contains(range.BaseAddress));

    /// <summary>"[NAME=]CIDR" or "[NAME=]FIRST-LAST"; null for anything else.</summary>
    public static AddressPool? Parse(string text)
    {
        var (name, range) = text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at ? (text[..at], text[(at + 1)..]) : (DefaultName, text);
        if (IPNetwork.TryParse(range, out var cidr))
        {
            return new AddressPool(name, cidr.BaseAddress, Subnets.Last(cidr));
        }

        return range.Split('-') is [var first, var last] && IPAddress.TryParse(first, out var from) && IPAddress.TryParse(last, out var to)
            && from.AddressFamily == to.AddressFamily && Subnets.Number(from) <= Subnets.Number(to)
            ? new AddressPool(name, from, to)
            : null;
    }

    /// <summary>The last quarter of a range of nodes, at most 256 addresses, without the IPv4 broadcast address: nodes are numbered from its start.</summary>
    public static AddressPool AtEndOf(IPNetwork nodes)
    {
        var host = Math.Min(8, Subnets.Bits(nodes) - nodes.PrefixLength - 2);
        var (last, size) = (Subnets.Number(Subnets.Last(nodes)), UInt128.One << host);
        var family = nodes.BaseAddress.AddressFamily;
        return new AddressPool(DefaultName, Subnets.Address(family, last - size + 1), Subnets.Address(family, family == AddressFamily.InterNetwork ? last - 1 : last));
    }

    public override string ToString() => $"{(Name == DefaultName ? "" : Name + "=")}{First}-{Last}";
}
