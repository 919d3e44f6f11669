using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Vitrine.Linux.Netlink;

/// <summary>A queueing discipline as RTM_GETQDISC reports it.</summary>
/// <param name="LinkIndex">ifindex</param>
/// <param name="Kind"><c>tbf</c>, <c>ingress</c>, <c>noqueue</c> …</param>
/// <param name="BytesPerSecond">of a tbf, else 0</param>
public sealed record Qdisc(int LinkIndex, string Kind, ulong BytesPerSecond)
{
    internal static Qdisc Read(ReadOnlySpan<byte> body)
    {
        var kind = "";
        ulong rate = 0;
        var attributes = new AttributeReader(body[Tc.TcmsgSize..]);
        while (attributes.Next())
            switch (attributes.Type)
            {
                case Tc.TCA_KIND: kind = attributes.String; break;
                case Tc.TCA_OPTIONS when kind == "tbf": rate = ReadRate(attributes.Value); break;
            }
        return new Qdisc(MemoryMarshal.Read<int>(body[4..]), kind, rate);
    }

    /// <summary>TCA_TBF_RATE64 is there only when the 32 bits of tc_ratespec do not hold the rate.</summary>
    private static ulong ReadRate(ReadOnlySpan<byte> options)
    {
        ulong rate = 0;
        var attributes = new AttributeReader(options);
        while (attributes.Next())
            if (attributes.Type == Tc.TCA_TBF_PARMS && attributes.Value.Length >= Tc.TbfQoptSize)
                rate = Math.Max(rate, MemoryMarshal.Read<uint>(attributes.Value[8..]));
            else if (attributes.Type == Tc.TCA_TBF_RATE64 && attributes.Value.Length >= 8)
                rate = BinaryPrimitives.ReadUInt64LittleEndian(attributes.Value);
        return rate;
    }
}
