using System.Runtime.InteropServices;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;

namespace Vitrine.Linux.Conntrack;

/// <summary>Lists and forgets tracked connections (ctnetlink) of the network namespace it was opened in. Not safe for two threads at once.</summary>
public sealed class ConntrackSocket : IDisposable
{
    private const int BufferSize = 32 * 1024;
    private readonly NetlinkHandle handle;
    private readonly byte[] received = new byte[BufferSize];
    private uint sequence;

    private ConntrackSocket(NetlinkHandle handle) => this.handle = handle;

    public static ConntrackSocket Open() => new(NetlinkHandle.Open(Rtnl.NETLINK_NETFILTER));

    public static ConntrackSocket OpenIn(NetnsHandle netns) => netns.Run(Open);

    /// <summary>All flows of both families. One that changes its place in the table meanwhile may be missed or come twice.</summary>
    public IReadOnlyList<ConntrackFlow> List()
    {
        Send(Ctnl.IPCTNL_MSG_CT_GET, Rtnl.NLM_F_DUMP, Rtnl.AF_UNSPEC, null);
        var flows = new List<ConntrackFlow>();
        while (true)
        {
            var reader = Receive();
            while (reader.Next())
            {
                if (reader.Sequence != sequence)
                    continue;
                if (reader.Type == Rtnl.NLMSG_DONE)
                    return flows;
                if (reader.Type == Rtnl.NLMSG_ERROR)
                    throw new NetlinkException("list tracked connections", ErrnoOf(reader.Body), null);
                flows.Add(ConntrackFlow.Read(reader.Body));
            }
        }
    }

    /// <summary>Forgets a flow: its next packet is judged anew. False when it was gone already.</summary>
    public bool Delete(ConntrackFlow flow)
    {
        Send(Ctnl.IPCTNL_MSG_CT_DELETE, Rtnl.NLM_F_ACK, flow.Family, flow);
        while (true)
        {
            var reader = Receive();
            while (reader.Next())
                if (reader.Sequence == sequence && reader.Type == Rtnl.NLMSG_ERROR)
                    return ErrnoOf(reader.Body) switch
                    {
                        0 => true,
                        Errno.ENOENT => false,
                        var errno => throw new NetlinkException($"forget the connection {flow.OriginalSource} to {flow.OriginalDestination}", errno, null),
                    };
        }
    }

    public void Dispose() => handle.Dispose();

    private void Send(ushort message, ushort flags, byte family, ConntrackFlow? flow)
    {
        var writer = new NetlinkMessageWriter();
        writer.Begin(Ctnl.MessageType(message), (ushort)(Rtnl.NLM_F_REQUEST | flags), ++sequence);
        writer.Reserve(Ctnl.NfgenmsgSize)[0] = family;
        if (flow is not null)
        {
            writer.Attribute(Ctnl.CTA_TUPLE_ORIG | Rtnl.NLA_F_NESTED, flow.OriginalTuple);
            writer.Attribute(Ctnl.CTA_ID, flow.Id);
            if (flow.Zone.Length > 0)
                writer.Attribute(Ctnl.CTA_ZONE, flow.Zone);
        }
        handle.Send(writer.Written);
    }

    private NetlinkMessageReader Receive() => new(received.AsSpan(0, handle.Receive(received)));

    private static int ErrnoOf(ReadOnlySpan<byte> body) => -MemoryMarshal.Read<int>(body);
}
