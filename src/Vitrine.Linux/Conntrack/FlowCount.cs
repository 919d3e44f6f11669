using Vitrine.Linux.Netlink;

namespace Vitrine.Linux.Conntrack;

/// <summary>What went by a flow since it began. Bytes are of whole packets, IP header included.</summary>
public readonly record struct FlowCount(ulong Packets, ulong Bytes)
{
    public static FlowCount operator +(FlowCount a, FlowCount b) => new(a.Packets + b.Packets, a.Bytes + b.Bytes);

    internal static FlowCount Read(ReadOnlySpan<byte> counters)
    {
        var count = default(FlowCount);
        var values = new AttributeReader(counters);
        while (values.Next())
            count = values.Type switch
            {
                Ctnl.CTA_COUNTERS_PACKETS => count with { Packets = values.UInt64BigEndian },
                Ctnl.CTA_COUNTERS_BYTES => count with { Bytes = values.UInt64BigEndian },
                _ => count,
            };
        return count;
    }
}
