using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;

namespace Vitrine.Linux.Sockets;

/// <summary>
/// The sockets of a network namespace, by sock_diag(7). /proc/net/tcp6 has them too, but does not say whether one on :: takes IPv4.
/// </summary>
public static class SocketTable
{
    private const int NetlinkSockDiag = 4, RequestSize = 56, MessageSize = 72;
    private const ushort SockDiagByFamily = 20, InetDiagSkV6Only = 11;
    private const byte Tcp = 6, Udp = 17;

    // 1 << TCP_LISTEN; an unconnected UDP socket is in TCP_CLOSE.
    private const uint Listening = 1 << 10, Unconnected = 1 << 7;

    /// <summary>All that take packets from anybody, on both families.</summary>
    public static IReadOnlyList<BoundSocket> Read(NetnsHandle netns)
    {
        using var handle = netns.Run(() => NetlinkHandle.Open(NetlinkSockDiag));
        var sockets = new List<BoundSocket>();
        foreach (var (protocol, states) in new[] { (Tcp, Listening), (Udp, Unconnected) })
            foreach (var family in new[] { Rtnl.AF_INET, Rtnl.AF_INET6 })
                Dump(handle, (byte)family, protocol, states, sockets);
        return sockets;
    }

    private static void Dump(NetlinkHandle handle, byte family, byte protocol, uint states, List<BoundSocket> into)
    {
        var writer = new NetlinkMessageWriter();
        writer.Begin(SockDiagByFamily, (ushort)(Rtnl.NLM_F_REQUEST | Rtnl.NLM_F_DUMP), 1);
        // struct inet_diag_req_v2: family, protocol, ext, pad, states, then a socket id that stays empty.
        var request = writer.Reserve(RequestSize);
        (request[0], request[1]) = (family, protocol);
        MemoryMarshal.Write(request[4..], states);
        handle.Send(writer.Written);
        var buffer = new byte[32 * 1024];
        while (true)
        {
            var reader = new NetlinkMessageReader(buffer.AsSpan(0, handle.Receive(buffer)));
            while (reader.Next())
                switch (reader.Type)
                {
                    case Rtnl.NLMSG_DONE: return;
                    case Rtnl.NLMSG_ERROR: throw new NetlinkException("list sockets", -MemoryMarshal.Read<int>(reader.Body), null);
                    default:
                        if (reader.Body.Length >= MessageSize)
                            into.Add(Socket(reader.Body, protocol));
                        break;
                }
        }
    }

    /// <summary>struct inet_diag_msg: family, state, timer, retrans, then ports and addresses, all in network order.</summary>
    private static BoundSocket Socket(ReadOnlySpan<byte> body, int protocol)
    {
        var v6 = body[0] == Rtnl.AF_INET6;
        var only = false;
        var attributes = new AttributeReader(body[MessageSize..]);
        while (attributes.Next())
            if (attributes.Type == InetDiagSkV6Only)
                only = attributes.Value is [not 0, ..];
        return new BoundSocket(protocol, new IPEndPoint(new IPAddress(body.Slice(8, v6 ? 16 : 4)), BinaryPrimitives.ReadUInt16BigEndian(body[4..])), only);
    }
}
