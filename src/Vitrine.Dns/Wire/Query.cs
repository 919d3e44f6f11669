using System.Buffers.Binary;
using Vitrine.Model.Plans.Dns;

namespace Vitrine.Dns.Wire;

/// <summary>What a question says, besides its name, which stays in the packet behind the header.</summary>
internal struct Query
{
    private const int OptFixed = 10, RecordFixed = 10;

    /// <summary>Of the header, as received.</summary>
    public ushort Flags;

    /// <summary>Bytes of the name.</summary>
    public int NameLength;

    public ushort Type, Class;

    /// <summary>An OPT record came with it (RFC 6891).</summary>
    public bool HasEdns;

    /// <summary>The client's word on its largest datagram; 512 without EDNS.</summary>
    public int Payload;

    /// <summary>DO (RFC 3225).</summary>
    public bool DnssecOk;

    /// <summary>First byte behind the question.</summary>
    public readonly int QuestionEnd => DnsFormat.HeaderSize + NameLength + 4;

    public readonly bool CheckingDisabled => (Flags & DnsFormat.FlagCheckingDisabled) != 0;

    /// <returns>NoError: the rest is filled in. Null: not a question at all, and not answered. Otherwise what to refuse it with.</returns>
    public static DnsRcode? Read(ReadOnlySpan<byte> packet, out Query query)
    {
        query = new Query { Payload = DnsFormat.PlainPayload };
        // Never an answer to an answer: two servers would send each other errors for ever.
        if (packet.Length < DnsFormat.HeaderSize || (packet[2] & 0x80) != 0)
            return null;
        query.Flags = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if ((query.Flags & DnsFormat.OpcodeMask) != 0)
            return DnsRcode.NotImp;
        // One question, no answers, no authorities: everything else has no defined meaning (RFC 9619).
        if (BinaryPrimitives.ReadUInt32BigEndian(packet[4..]) != 0x0001_0000 || BinaryPrimitives.ReadUInt16BigEndian(packet[8..]) != 0)
            return DnsRcode.FormErr;
        query.NameLength = WireName.Measure(packet[DnsFormat.HeaderSize..]);
        if (query.NameLength < 0 || packet.Length < query.QuestionEnd)
        {
            query.NameLength = 0;
            return DnsRcode.FormErr;
        }
        query.Type = BinaryPrimitives.ReadUInt16BigEndian(packet[(query.QuestionEnd - 4)..]);
        query.Class = BinaryPrimitives.ReadUInt16BigEndian(packet[(query.QuestionEnd - 2)..]);
        var additional = BinaryPrimitives.ReadUInt16BigEndian(packet[10..]);
        return additional == 0 ? DnsRcode.NoError : query.ReadAdditional(packet, additional);
    }

    private DnsRcode ReadAdditional(ReadOnlySpan<byte> packet, int count)
    {
        var at = QuestionEnd;
        for (; count > 0; count--)
        {
            var fixedPart = WireName.Skip(packet, at);
            if (fixedPart < 0 || fixedPart + RecordFixed > packet.Length)
                return DnsRcode.FormErr;
            var length = BinaryPrimitives.ReadUInt16BigEndian(packet[(fixedPart + 8)..]);
            var end = fixedPart + RecordFixed + length;
            if (end > packet.Length)
                return DnsRcode.FormErr;
            if (BinaryPrimitives.ReadUInt16BigEndian(packet[fixedPart..]) == DnsFormat.TypeOpt)
            {
                // Two of them, or one that is not the root's, is a format error (RFC 6891 §6.1.1).
                if (HasEdns || packet[at] != 0 || !OptionsAreWhole(packet[(fixedPart + OptFixed)..end]))
                    return DnsRcode.FormErr;
                HasEdns = true;
                Payload = Math.Max(DnsFormat.PlainPayload, (int)BinaryPrimitives.ReadUInt16BigEndian(packet[(fixedPart + 2)..]));
                DnssecOk = (packet[fixedPart + 6] & 0x80) != 0;
                if (packet[fixedPart + 5] != 0)
                    return DnsRcode.BadVers;
            }
            at = end;
        }
        return DnsRcode.NoError;
    }

    private static bool OptionsAreWhole(ReadOnlySpan<byte> options)
    {
        while (options.Length >= 4 && BinaryPrimitives.ReadUInt16BigEndian(options[2..]) is var length && options.Length >= 4 + length)
            options = options[(4 + length)..];
        return options.IsEmpty;
    }
}
