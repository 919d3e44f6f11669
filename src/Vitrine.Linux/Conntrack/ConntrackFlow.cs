using System.Buffers.Binary;
using System.Net;
using Vitrine.Linux.Netlink;

namespace Vitrine.Linux.Conntrack;

/// <summary>A connection the kernel remembers: as its first packet was, and as the answers are.</summary>
/// <param name="Protocol">IPPROTO_*</param>
/// <param name="OriginalSource">port 0 where the protocol has none</param>
/// <param name="OriginalDestination">before it was rewritten</param>
/// <param name="ReplySource">who answers: after a destination was rewritten, the new one</param>
/// <param name="ReplyDestination">after a source was rewritten, the new one</param>
public sealed record ConntrackFlow(byte Protocol, IPEndPoint OriginalSource, IPEndPoint OriginalDestination, IPEndPoint ReplySource, IPEndPoint ReplyDestination)
{
    /// <summary>Of both ways together; null where the kernel does not count (net.netfilter.nf_conntrack_acct), or did not when the flow began.</summary>
    public FlowCount? Counted { get; init; }

    /// <summary>Of TCP: both ends have agreed, and none has begun to end it. Of others: it is remembered.</summary>
    public bool Stands { get; init; } = true;

    /// <summary>What names the flow to the kernel; the id tells it from a later one with the same addresses.</summary>
    internal byte[] OriginalTuple { get; private init; } = [];

    internal byte[] Id { get; private init; } = [];

    internal byte[] Zone { get; private init; } = [];

    internal byte Family { get; private init; }

    internal static ConntrackFlow Read(ReadOnlySpan<byte> body)
    {
        byte[] original = [], id = [], zone = [];
        FlowCount? counted = null;
        var stands = true;
        var reply = (default(byte), None, None);
        var attributes = new AttributeReader(body[Ctnl.NfgenmsgSize..]);
        while (attributes.Next())
            switch (attributes.Type)
            {
                case Ctnl.CTA_TUPLE_ORIG: original = attributes.Value.ToArray(); break;
                case Ctnl.CTA_TUPLE_REPLY: reply = ReadTuple(attributes.Value); break;
                case Ctnl.CTA_COUNTERS_ORIG or Ctnl.CTA_COUNTERS_REPLY: counted = (counted ?? default) + FlowCount.Read(attributes.Value); break;
                case Ctnl.CTA_PROTOINFO: stands = Stand(attributes.Value); break;
                case Ctnl.CTA_ID: id = attributes.Value.ToArray(); break;
                case Ctnl.CTA_ZONE: zone = attributes.Value.ToArray(); break;
            }
        var (protocol, source, destination) = ReadTuple(original);
        return new ConntrackFlow(protocol, source, destination, reply.Item2, reply.Item3) { OriginalTuple = original, Id = id, Zone = zone, Family = body[0], Counted = counted, Stands = stands };
    }

    private static bool Stand(ReadOnlySpan<byte> protocol)
    {
        var kinds = new AttributeReader(protocol);
        while (kinds.Next())
            for (var values = new AttributeReader(kinds.Value); kinds.Type == Ctnl.CTA_PROTOINFO_TCP && values.Next();)
                if (values.Type == Ctnl.CTA_PROTOINFO_TCP_STATE && values.Value.Length > 0)
                    return values.Value[0] == Ctnl.TCP_CONNTRACK_ESTABLISHED;
        return true;
    }

    private static IPEndPoint None => new(IPAddress.None, 0);

    private static (byte Protocol, IPEndPoint Source, IPEndPoint Destination) ReadTuple(ReadOnlySpan<byte> tuple)
    {
        byte protocol = 0;
        IPEndPoint source = None, destination = None;
        var parts = new AttributeReader(tuple);
        while (parts.Next())
        {
            var values = new AttributeReader(parts.Value);
            while (values.Next())
                switch (parts.Type, values.Type)
                {
                    case (Ctnl.CTA_TUPLE_IP, Ctnl.CTA_IP_V4_SRC or Ctnl.CTA_IP_V6_SRC): source.Address = values.Address ?? IPAddress.None; break;
                    case (Ctnl.CTA_TUPLE_IP, Ctnl.CTA_IP_V4_DST or Ctnl.CTA_IP_V6_DST): destination.Address = values.Address ?? IPAddress.None; break;
                    case (Ctnl.CTA_TUPLE_PROTO, Ctnl.CTA_PROTO_NUM): protocol = values.Value is [var number, ..] ? number : (byte)0; break;
                    case (Ctnl.CTA_TUPLE_PROTO, Ctnl.CTA_PROTO_SRC_PORT): source.Port = Port(values.Value); break;
                    case (Ctnl.CTA_TUPLE_PROTO, Ctnl.CTA_PROTO_DST_PORT): destination.Port = Port(values.Value); break;
                }
        }
        return (protocol, source, destination);
    }

    private static int Port(ReadOnlySpan<byte> value) => BinaryPrimitives.TryReadUInt16BigEndian(value, out var port) ? port : 0;
}
