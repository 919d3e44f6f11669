using System.Net;
using System.Net.Sockets;
using Vitrine.Cni.Config;

namespace Vitrine.Cni.Wiring;

/// <summary>One leased address with what it takes to use it in the pod.</summary>
internal sealed record PodAddress(IPAddress Address, int PrefixLength, IPAddress? Gateway)
{
    internal AddressFamily Family => Address.AddressFamily;

    /// <summary>Routed pods hold a host prefix and the link-local gateway; bridged ones their subnet's prefix and gateway.</summary>
    internal static PodAddress Of(IPAddress address, NetworkConfig config)
    {
        if (config.Mode == WiringMode.Routed)
            return new PodAddress(address, Wiring.Gateway.HostBits(address.AddressFamily), Wiring.Gateway.For(address.AddressFamily));
        var range = config.Ranges.Select(s => s.RangeOf(address)).OfType<AddressRange>().FirstOrDefault()
            ?? throw new CniException(ErrorCode.InvalidConfig, $"address {address} is in no range of the config");
        return new PodAddress(address, range.Subnet.PrefixLength, range.Gateway);
    }
}
