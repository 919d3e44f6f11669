using System.Net;
using Vitrine.Linux.Netlink;

namespace Vitrine.Cni.Wiring;

/// <summary>The link-local address the kernel makes of a MAC address: modified EUI-64, RFC 4291 appendix A.</summary>
internal static class LinkLocal
{
    internal static IPAddress Of(MacAddress mac)
    {
        Span<byte> address = stackalloc byte[16];
        Span<byte> bytes = stackalloc byte[MacAddress.Length];
        address.Clear();
        mac.Write(bytes);
        (address[0], address[1]) = (0xfe, 0x80);
        bytes[..3].CopyTo(address[8..]);
        address[8] ^= 2;
        (address[11], address[12]) = (0xff, 0xfe);
        bytes[3..].CopyTo(address[13..]);
        return new IPAddress(address);
    }
}
