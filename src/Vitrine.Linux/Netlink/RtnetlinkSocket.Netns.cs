using System.Runtime.InteropServices;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netns;

namespace Vitrine.Linux.Netlink;

/// <summary>The numbers by which a namespace knows others (linux/net_namespace.h).</summary>
public sealed partial class RtnetlinkSocket
{
    private const ushort RtmNewNsId = 88, RtmGetNsId = 90, NetnsaNsId = 1, NetnsaFd = 3;
    private const int RtgenmsgSize = 4;

    /// <summary>This namespace's number for another, as <see cref="Link.PeerNetnsId"/> has it; null while it has none.</summary>
    public int? FindNetnsId(NetnsHandle other)
    {
        var attempted = $"find the number of network namespace {other.Path}";
        var writer = new NetlinkMessageWriter();
        var sequence = NextSequence();
        writer.Begin(RtmGetNsId, Rtnl.NLM_F_REQUEST, sequence);
        writer.Reserve(RtgenmsgSize);
        writer.Attribute(NetnsaFd, (uint)other.Fd);
        handle.Send(writer.Written);
        while (true)
        {
            var reader = Receive();
            while (reader.Next())
            {
                if (reader.Sequence != sequence)
                    continue;
                if (reader.Type == Rtnl.NLMSG_ERROR)
                    throw ReadError(ref reader, attempted) ?? new NetlinkException(attempted, Errno.EIO, "the kernel gave no number and no reason");
                if (reader.Type != RtmNewNsId)
                    continue;
                var attributes = new AttributeReader(reader.Body[RtgenmsgSize..]);
                while (attributes.Next())
                    if (attributes.Type == NetnsaNsId)
                        return MemoryMarshal.Read<int>(attributes.Value) is >= 0 and var id ? id : null;
                return null;
            }
        }
    }
}
