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
    /// <summary>What names the flow to the kernel; the id tells it from a later one with the same addresses.</summary>
    internal byte[] OriginalTuple { get; private init; } = [];

    internal byte[] Id { get; private init; } = [];

    internal byte[] Zone { get; private init; } = [];

    internal byte Family { get; private init; }

    internal static ConntrackFlow Read(ReadOnlySpan<byte> body)
    {
        byte[] original = [], id = [], zone = [];
        var reply = (default(byte), None, None);
        var attributes = new AttributeReader(body[Ctnl.NfgenmsgSize..]);
        while (attributes.Next())
            switch (attributes.Type)
            {
                case Ctnl.CTA_TUPLE_ORIG: original = attributes.Value.ToArray(); break;
                case Ctnl.CTA_TUPLE_REPLY: reply = ReadTuple(attributes.Value); break;
                case Ctnl.CTA_ID: id = attributes.Value.ToArray(); break;
                case Ctnl.CTA_ZONE: zone = attributes.Value.ToArray(); break;
            }
        var (protocol, source, destination) = ReadTuple(original);
        return new ConntrackFlow(protocol, source, destination, reply.Item2, reply.Item3) { OriginalTuple = original, Id = id, Zone = zone, Family = body[0] };
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
                    case (Ctnl.CTA_TUPLE_PROTO, Ctnl.CTA_PROTO_NUM): protocol = values.Value[0]; break;
                    case (Ctnl.CTA_TUPLE_PROTO, Ctnl.CTA_PROTO_SRC_PORT): source.Port = BinaryPrimitives.ReadUInt16BigEndian(values.Value); break;
                    case (Ctnl.CTA_TUPLE_PROTO, Ctnl.CTA_PROTO_DST_PORT): destination.Port = BinaryPrimitives.ReadUInt16BigEndian(values.Value); break;
                }
        }
        return (protocol, source, destination);
    }
}
