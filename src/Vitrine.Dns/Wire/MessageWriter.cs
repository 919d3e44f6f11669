using System.Buffers.Binary;
using Vitrine.Model.Plans.Dns;

namespace Vitrine.Dns.Wire;

/// <summary>
/// Turns a question into its answer, in the same bytes: identifier and question stay as they came, letter by letter, and sections are appended.
/// </summary>
internal ref struct MessageWriter
{
    private const int OptSize = 11, SoaNumbers = 20;
    private const int Refresh = 7200, Retry = 1800, Expire = 86400;
    private readonly Span<byte> message;
    private readonly int limit;
    private readonly Query query;
    private int answers, authorities, additionals;

    /// <param name="message">The question, with room behind it.</param>
    /// <param name="query">As read from it.</param>
    /// <param name="limit">Bytes the answer may have.</param>
    public MessageWriter(Span<byte> message, in Query query, int limit)
    {
        this.message = message;
        this.query = query;
        // The OPT record has its place before anything else takes it.
        this.limit = Math.Min(limit, message.Length) - (query.HasEdns ? OptSize : 0);
        Length = query.NameLength == 0 ? DnsFormat.HeaderSize : query.QuestionEnd;
    }

    public int Length { get; private set; }

    public bool Truncated { get; private set; }

    public readonly int Room => limit - Length;

    /// <summary>Whole records that were rendered for this very question; false when there is no room.</summary>
    public bool TryAppend(ReadOnlySpan<byte> records, int count)
    {
        if (records.Length > Room)
            return false;
        records.CopyTo(message[Length..]);
        Length += records.Length;
        answers += count;
        return true;
    }

    /// <summary>As <see cref="TryAppend"/>, to the additional section: what does not fit is left out and not missed.</summary>
    public void AppendAdditional(ReadOnlySpan<byte> records, int count)
    {
        if (!TryAppend(records, 0))
            return;
        additionals += count;
    }

    /// <summary>Gives the records from there on, all of one size, another owner: the name at an offset of this message.</summary>
    public readonly void Repoint(int from, int stride, int owner)
    {
        for (var at = from; at < Length; at += stride)
            BinaryPrimitives.WriteUInt16BigEndian(message[at..], (ushort)(0xc000 | owner));
    }

    /// <summary>Some records did not fit: over UDP the client is told to come by TCP.</summary>
    public void Cut() => Truncated = true;

    /// <summary>One record. False, and nothing written, when there is no room.</summary>
    public bool TryRecord(scoped ReadOnlySpan<byte> owner, ushort type, int seconds, scoped ReadOnlySpan<byte> data, bool authority = false)
    {
        var name = message.Slice(DnsFormat.HeaderSize, query.NameLength);
        var same = owner.Length == name.Length && EqualsIgnoreCase(owner, name);
        var size = (same ? 2 : owner.Length) + 10 + data.Length;
        if (size > Room)
            return false;
        if (same)
            BinaryPrimitives.WriteUInt16BigEndian(message[Length..], DnsFormat.PointerToQuestion);
        else
            owner.CopyTo(message[Length..]);
        var rest = message[(Length + (same ? 2 : owner.Length))..];
        BinaryPrimitives.WriteUInt16BigEndian(rest, type);
        BinaryPrimitives.WriteUInt16BigEndian(rest[2..], DnsFormat.ClassIn);
        BinaryPrimitives.WriteInt32BigEndian(rest[4..], seconds);
        BinaryPrimitives.WriteUInt16BigEndian(rest[8..], (ushort)data.Length);
        data.CopyTo(rest[10..]);
        Length += size;
        if (authority)
            authorities++;
        else
            answers++;
        return true;
    }

    /// <summary>SOA of a zone, in the authority section: how long the answer "there is none" is good (RFC 2308).</summary>
    public void Denial(scoped ReadOnlySpan<byte> zone, uint serial, int seconds, bool asAnswer = false)
    {
        Span<byte> data = stackalloc byte[3 * DnsFormat.MaxName];
        "\u0002ns\u0003dns"u8.CopyTo(data);
        zone.CopyTo(data[7..]);
        "\u000ahostmaster"u8.CopyTo(data[(7 + zone.Length)..]);
        zone.CopyTo(data[(18 + zone.Length)..]);
        var numbers = data[(18 + 2 * zone.Length)..];
        BinaryPrimitives.WriteUInt32BigEndian(numbers, serial);
        BinaryPrimitives.WriteInt32BigEndian(numbers[4..], Refresh);
        BinaryPrimitives.WriteInt32BigEndian(numbers[8..], Retry);
        BinaryPrimitives.WriteInt32BigEndian(numbers[12..], Expire);
        BinaryPrimitives.WriteInt32BigEndian(numbers[16..], seconds);
        TryRecord(zone, (ushort)DnsType.SOA, seconds, data[..(18 + 2 * zone.Length + SoaNumbers)], authority: !asAnswer);
    }

    /// <summary>Header and OPT.</summary>
    /// <param name="rcode">Above 15 it needs EDNS.</param>
    /// <param name="flags">AA, RA as they apply.</param>
    /// <returns>bytes of the whole answer</returns>
    public int Finish(DnsRcode rcode, ushort flags)
    {
        flags |= (ushort)(DnsFormat.FlagResponse | (query.Flags & (DnsFormat.OpcodeMask | DnsFormat.FlagRecursionDesired | DnsFormat.FlagCheckingDisabled)) | ((int)rcode & DnsFormat.RcodeMask));
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], (ushort)(flags | (Truncated ? DnsFormat.FlagTruncated : 0)));
        BinaryPrimitives.WriteUInt16BigEndian(message[4..], (ushort)(query.NameLength == 0 ? 0 : 1));
        BinaryPrimitives.WriteUInt16BigEndian(message[6..], (ushort)answers);
        BinaryPrimitives.WriteUInt16BigEndian(message[8..], (ushort)authorities);
        if (query.HasEdns)
        {
            var opt = message.Slice(Length, OptSize);
            opt.Clear();
            BinaryPrimitives.WriteUInt16BigEndian(opt[1..], DnsFormat.TypeOpt);
            BinaryPrimitives.WriteUInt16BigEndian(opt[3..], DnsFormat.EdnsPayload);
            opt[5] = (byte)((int)rcode >> 4);
            opt[7] = (byte)(query.DnssecOk ? 0x80 : 0);
            Length += OptSize;
            additionals++;
        }
        BinaryPrimitives.WriteUInt16BigEndian(message[10..], (ushort)additionals);
        return Length;
    }

    private static bool EqualsIgnoreCase(ReadOnlySpan<byte> lower, ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < lower.Length; i++)
            if (lower[i] != (name[i] is >= (byte)'A' and <= (byte)'Z' ? name[i] | 0x20 : name[i]))
                return false;
        return true;
    }
}
