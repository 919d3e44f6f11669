using System.Buffers.Binary;
using Vitrine.Model.Plans.Dns;

namespace Vitrine.Dns.Wire;

/// <summary>What an upstream sent, read with suspicion: null for whatever is not the answer to this very question. Never throws over it.</summary>
internal sealed class ReplyReader
{
    private const int MostRecords = 4096;
    private readonly byte[] message;
    private int at;

    private ReplyReader(byte[] message) => this.message = message;

    public DnsRcode Rcode { get; private init; }

    public bool Truncated { get; private init; }

    public List<ResourceRecord> Answers { get; private set; } = [];

    public List<ResourceRecord> Authorities { get; private set; } = [];

    /// <param name="message">Exactly what came.</param>
    /// <param name="question">As it was sent: identifier, name, type and class have to come back, the name in its very letters or others.</param>
    public static ReplyReader? Read(byte[] message, ReadOnlySpan<byte> question)
    {
        if (message.Length < DnsFormat.HeaderSize || !message.AsSpan(0, 2).SequenceEqual(question[..2]) || (message[2] & 0x80) == 0 || (message[2] & 0x78) != 0)
            return null;
        var reader = new ReplyReader(message)
        {
            Rcode = (DnsRcode)(message[3] & DnsFormat.RcodeMask),
            Truncated = (message[2] & 2) != 0,
            at = DnsFormat.HeaderSize,
        };
        var name = WireName.Measure(question[DnsFormat.HeaderSize..]);
        switch (BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(4)))
        {
            // Servers that could not read the question do not repeat it.
            case 0 when reader.Rcode is DnsRcode.FormErr or DnsRcode.NotImp or DnsRcode.Refused or DnsRcode.ServFail:
                return reader;
            case 1 when reader.Echoes(question.Slice(DnsFormat.HeaderSize, name + 4)):
                break;
            default:
                return null;
        }
        return reader.ReadRecords() || reader.Truncated ? reader : null;
    }

    private bool Echoes(ReadOnlySpan<byte> asked)
    {
        var end = at + asked.Length;
        if (end > message.Length)
            return false;
        Span<byte> sent = stackalloc byte[DnsFormat.MaxName], came = stackalloc byte[DnsFormat.MaxName];
        WireName.ToLower(asked[..^4], sent);
        WireName.ToLower(message.AsSpan(at, asked.Length - 4), came);
        var same = sent[..(asked.Length - 4)].SequenceEqual(came[..(asked.Length - 4)]) && asked[^4..].SequenceEqual(message.AsSpan(end - 4, 4));
        at = end;
        return same;
    }

    private bool ReadRecords()
    {
        int answers = BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(6)), authorities = BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(8));
        return answers + authorities <= MostRecords && Read(answers, Answers) && Read(authorities, Authorities);
    }

    private bool Read(int count, List<ResourceRecord> into)
    {
        for (; count > 0; count--)
        {
            if (ReadName(at) is not { } owner || WireName.Skip(message, at) is var fields && (fields < 0 || fields + 10 > message.Length))
                return false;
            var type = BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(fields));
            var seconds = BinaryPrimitives.ReadInt32BigEndian(message.AsSpan(fields + 4));
            var length = BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(fields + 8));
            at = fields + 10;
            if (at + length > message.Length)
                return false;
            // RFC 2181 §8: the top bit set means none.
            if (BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(fields + 2)) == DnsFormat.ClassIn)
            {
                if (Content(type, length) is not { } content)
                    return false;
                into.Add(new ResourceRecord(owner, type, Math.Max(0, seconds), content));
            }
            at += length;
        }
        return true;
    }

    /// <summary>Types that may have compressed names in them (RFC 3597 §4) get them written out; all others are bytes.</summary>
    private byte[]? Content(ushort type, int length)
    {
        var (before, names) = (DnsType)type switch
        {
            DnsType.NS or DnsType.CNAME or DnsType.PTR or (DnsType)39 => (0, 1),
            (DnsType)15 or (DnsType)18 or (DnsType)21 or (DnsType)36 => (2, 1),
            DnsType.SRV => (6, 1),
            DnsType.SOA => (0, 2),
            _ => (length, 0),
        };
        if (before > length)
            return null;
        if (names == 0)
            // Addresses are of one length only.
            return (DnsType)type is DnsType.A && length != 4 || (DnsType)type is DnsType.AAAA && length != 16 ? null : message.AsSpan(at, length).ToArray();
        var end = at + length;
        var content = new List<byte>(length + 64);
        content.AddRange(message.AsSpan(at, before));
        var next = at + before;
        for (; names > 0; names--)
        {
            if (ReadName(next) is not { } name || WireName.Skip(message, next) is var behind && (behind < 0 || behind > end))
                return null;
            content.AddRange(name);
            next = behind;
        }
        content.AddRange(message.AsSpan(next, end - next));
        return (DnsType)type is DnsType.SOA && end - next != 20 ? null : [.. content];
    }

    private byte[]? ReadName(int from)
    {
        Span<byte> name = stackalloc byte[DnsFormat.MaxName];
        return WireName.Expand(message, from, name) is > 0 and var length ? name[..length].ToArray() : null;
    }
}
