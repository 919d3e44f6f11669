using System.Net;
using System.Net.Sockets;

namespace Vitrine.Cni.Config;

/// <summary>Addresses to lease from one subnet, first to last inclusive, without the gateway.</summary>
internal sealed record AddressRange(IPNetwork Subnet, IPAddress First, IPAddress Last, IPAddress Gateway)
{
    internal AddressFamily Family => Subnet.BaseAddress.AddressFamily;

    internal UInt128 FirstNumber { get; } = IpNumber.Of(First);

    internal UInt128 LastNumber { get; } = IpNumber.Of(Last);

    internal bool Contains(IPAddress address)
    {
        if (address.AddressFamily != Family)
            return false;
        var number = IpNumber.Of(address);
        return number >= FirstNumber && number <= LastNumber;
    }

    internal bool Overlaps(AddressRange other) => Family == other.Family && FirstNumber <= other.LastNumber && other.FirstNumber <= LastNumber;

    /// <summary>
    /// Fills in what the config left out: the first address of the subnet is the gateway's, and an IPv4 subnet's own and broadcast address are nobody's.
    /// </summary>
    /// <exception cref="CniException">the parts do not fit together</exception>
    internal static AddressRange Create(IPNetwork subnet, IPAddress? start, IPAddress? end, IPAddress? gateway)
    {
        var v4 = subnet.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
        var family = subnet.BaseAddress.AddressFamily;
        var bits = (v4 ? 32 : 128) - subnet.PrefixLength;
        if (bits < 2)
            throw new CniException(ErrorCode.InvalidConfig, $"subnet {subnet} of ipam.ranges is too small", "give it at least four addresses (/30 or /126)");
        var lowest = IpNumber.Of(subnet.BaseAddress) + 1;
        var highest = IpNumber.Of(subnet.BaseAddress) + (bits == 128 ? UInt128.MaxValue : (UInt128.One << bits) - 1) - (v4 ? UInt128.One : UInt128.Zero);
        var range = new AddressRange(
            subnet, start ?? IpNumber.ToAddress(lowest, family), end ?? IpNumber.ToAddress(highest, family), gateway ?? IpNumber.ToAddress(lowest, family));
        foreach (var (name, address) in new[] { ("rangeStart", range.First), ("rangeEnd", range.Last), ("gateway", range.Gateway) })
            if (address.AddressFamily != family || IpNumber.Of(address) < lowest || IpNumber.Of(address) > highest)
                throw new CniException(ErrorCode.InvalidConfig, $"{name} {address} is no usable address of subnet {subnet}", "correct ipam.ranges");
        if (range.FirstNumber > range.LastNumber)
            throw new CniException(ErrorCode.InvalidConfig, $"rangeStart {range.First} is after rangeEnd {range.Last}", "correct ipam.ranges");
        return range;
    }
}
