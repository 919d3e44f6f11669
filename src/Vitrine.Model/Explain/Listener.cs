using System.Net;
using System.Net.Sockets;

namespace Vitrine.Model.Explain;

/// <summary>A socket that takes what comes to a port.</summary>
/// <param name="Transport">TCP, UDP or SCTP</param>
/// <param name="Address">bound address; 0.0.0.0 and :: for any</param>
/// <param name="Port">1 to 65535</param>
/// <param name="OnlyV6">of a socket on :: that takes no IPv4</param>
public sealed record Listener(Transport Transport, IPAddress Address, int Port, bool OnlyV6 = false)
{
    /// <summary>It takes a packet to that address and port.</summary>
    public bool Takes(Transport transport, IPAddress address, int port) => Transport == transport && Port == port && Takes(address);

    /// <summary>By its address alone.</summary>
    public bool Takes(IPAddress address)
    {
        if (Address.Equals(IPAddress.IPv6Any))
            return address.AddressFamily == AddressFamily.InterNetworkV6 || !OnlyV6;
        return Address.Equals(IPAddress.Any) ? address.AddressFamily == AddressFamily.InterNetwork
            : (Address.IsIPv4MappedToIPv6 ? Address.MapToIPv4() : Address).Equals(address);
    }

    public override string ToString() => $"{Transport.ToString().ToLowerInvariant()} {new IPEndPoint(Address, Port)}";
}
