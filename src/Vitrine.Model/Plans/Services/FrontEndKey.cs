using System.Net;
using System.Net.Sockets;

namespace Vitrine.Model.Plans.Services;

/// <summary>Where clients knock.</summary>
/// <param name="Address">0.0.0.0 or :: for a node port: every address of the node</param>
/// <param name="Protocol">IPPROTO_*</param>
/// <param name="Port">1 to 65535</param>
public readonly record struct FrontEndKey(IPAddress Address, byte Protocol, ushort Port) : IComparable<FrontEndKey>
{
    public AddressFamily Family => Address.AddressFamily;

    public bool IsNodePort => Address.Equals(IPAddress.Any) || Address.Equals(IPAddress.IPv6Any);

    public static FrontEndKey NodePort(AddressFamily family, byte protocol, int port) =>
        new(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, protocol, (ushort)port);

    /// <summary>IPv4 before IPv6, then by the bytes of the address.</summary>
    public int CompareTo(FrontEndKey other)
    {
        Span<byte> a = stackalloc byte[16], b = stackalloc byte[16];
        Address.TryWriteBytes(a, out var lengthA);
        other.Address.TryWriteBytes(b, out var lengthB);
        if (lengthA != lengthB)
            return lengthA - lengthB;
        var order = a[..lengthA].SequenceCompareTo(b[..lengthB]);
        return order != 0 ? order : Protocol != other.Protocol ? Protocol - other.Protocol : Port - other.Port;
    }

    /// <summary>"tcp 10.96.0.1:443", "udp *:30053" for a node port of IPv4, "udp [*]:30053" of IPv6.</summary>
    public override string ToString()
    {
        var host = (IsNodePort, Family) switch
        {
            (true, AddressFamily.InterNetwork) => "*",
            (true, _) => "[*]",
            (_, AddressFamily.InterNetwork) => Address.ToString(),
            _ => $"[{Address}]",
        };
        return $"{ServiceProtocol.Name(Protocol)} {host}:{Port}";
    }
}
