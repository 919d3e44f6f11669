using System.Net;
using System.Runtime.InteropServices;

namespace Vitrine.Linux.Netlink;

/// <summary>An address on an interface, as RTM_GETADDR reports it.</summary>
public sealed record LinkAddress(int LinkIndex, IPAddress Address, int PrefixLength)
{
    /// <summary>struct ifaddrmsg: family, prefixlen, flags, scope, index.</summary>
    internal static LinkAddress? Read(ReadOnlySpan<byte> body)
    {
        IPAddress? local = null, address = null;
        var attributes = new AttributeReader(body[Rtnl.IfaddrmsgSize..]);
        while (attributes.Next())
            switch (attributes.Type)
            {
                // On a point-to-point link IFA_ADDRESS is the other end; IFA_LOCAL is ours. IPv6 has only the former.
                case Rtnl.IFA_LOCAL: local = attributes.Address; break;
                case Rtnl.IFA_ADDRESS: address = attributes.Address; break;
            }
        return (local ?? address) is { } own ? new LinkAddress(MemoryMarshal.Read<int>(body[4..]), own, body[1]) : null;
    }
}
