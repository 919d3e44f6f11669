using System.Net;

namespace Vitrine.Linux.Netlink;

/// <summary>
/// A VXLAN link (RFC 7348) whose peers are told to it: it neither learns nor floods. What a link of that kind reports has the same shape.
/// </summary>
/// <param name="Name">our name for it</param>
/// <param name="Vni">network identifier, 24 bits</param>
/// <param name="Port">UDP port, destination</param>
/// <param name="Local">outer source address; its family is the tunnel's</param>
public sealed record VxlanSpec(string Name, int Vni, int Port, IPAddress? Local)
{
    public MacAddress? Mac { get; init; }

    /// <summary>Bytes; 0 for the kernel's default.</summary>
    public int Mtu { get; init; }
}
