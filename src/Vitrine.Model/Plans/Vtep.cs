using System.Net;
using System.Net.Sockets;

namespace Vitrine.Model.Plans;

/// <summary>Numbers both ends of a tunnel have to agree on. All follow from the nodes' addresses, so nothing is announced.</summary>
public static class Vtep
{
    /// <summary>Tunnels over IPv4.</summary>
    public const string Device = "vtr-vxlan";

    /// <summary>Tunnels over IPv6: a VXLAN device is of one family.</summary>
    public const string Device6 = "vtr-vxlan6";

    /// <summary>"vtr" in ASCII. Flannel takes 1, Calico 4096; a number of our own can share a port with them.</summary>
    public const int Vni = 0x767472;

    /// <summary>IANA's port for VXLAN. Flannel and Cilium take Linux' old one, 8472.</summary>
    public const int Port = 4789;

    // Outer IPv4 (20) or IPv6 (40), UDP (8), VXLAN (8), inner Ethernet (14).
    private const int Overhead4 = 50, Overhead6 = 70;

    public static string DeviceFor(AddressFamily underlay) => underlay == AddressFamily.InterNetworkV6 ? Device6 : Device;

    public static int Overhead(AddressFamily underlay) => underlay == AddressFamily.InterNetworkV6 ? Overhead6 : Overhead4;

    /// <summary>A locally administered address: 02:76 and the four bytes of an IPv4 address, 06 and a hash of an IPv6 one.</summary>
    public static string Mac(IPAddress node)
    {
        var bytes = node.GetAddressBytes();
        if (bytes.Length == 4)
            return $"02:76:{bytes[0]:x2}:{bytes[1]:x2}:{bytes[2]:x2}:{bytes[3]:x2}";
        var hash = 14695981039346656037UL;
        foreach (var b in bytes)
            hash = (hash ^ b) * 1099511628211UL;
        hash ^= hash >> 32;
        return $"06:{(byte)(hash >> 32):x2}:{(byte)(hash >> 24):x2}:{(byte)(hash >> 16):x2}:{(byte)(hash >> 8):x2}:{(byte)hash:x2}";
    }
}
