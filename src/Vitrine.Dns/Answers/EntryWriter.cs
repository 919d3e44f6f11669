using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using Vitrine.Dns.Wire;
using Vitrine.Model.Plans.Dns;

namespace Vitrine.Dns.Answers;

/// <summary>Record sets of a plan → the bytes of a <see cref="NameEntry"/>.</summary>
internal static class EntryWriter
{
    /// <summary>Of additional addresses; with more the answer would not pass a datagram anyway.</summary>
    private const int MostAdditional = 16;

    /// <param name="name">On the wire, lower case.</param>
    /// <param name="sets">All of this name; several of one type are put together.</param>
    /// <param name="others">Finds the sets of a target, for the additional section.</param>
    public static byte[] Write(byte[] name, IReadOnlyList<DnsRecordSet> sets, Func<string, IEnumerable<DnsRecordSet>> others)
    {
        var types = sets.GroupBy(s => s.Type).ToList();
        var bytes = new ArrayBufferWriter<byte>(256);
        Append(bytes, [(byte)name.Length, .. name, (byte)types.Count]);
        var headers = new byte[types.Count * NameEntry.SetHeader];
        var bodies = new ArrayBufferWriter<byte>(256);
        for (var i = 0; i < types.Count; i++)
            WriteSet(headers.AsSpan(i * NameEntry.SetHeader), bodies, name.Length, types[i].Key, [.. types[i]], others);
        Append(bytes, headers);
        Append(bytes, bodies.WrittenSpan);
        return bytes.WrittenSpan.ToArray();
    }

    private static void WriteSet(Span<byte> header, ArrayBufferWriter<byte> into, int nameLength, DnsType type, IReadOnlyList<DnsRecordSet> sets, Func<string, IEnumerable<DnsRecordSet>> others)
    {
        int start = into.WrittenCount, count = 0, additional = 0;
        var additions = new ArrayBufferWriter<byte>(64);
        foreach (var set in sets)
            foreach (var value in set.Values)
            {
                // What a message cannot hold no client will see; addresses are turned round, so each of them is wanted.
                if (type is not (DnsType.A or DnsType.AAAA) && into.WrittenCount - start > DnsFormat.MaxMessage || count == ushort.MaxValue)
                    continue;
                if (Encode(type, value) is not { } data)
                    continue;
                Record(into, null, type, set.Seconds, data);
                count++;
                if (type != DnsType.SRV || sets.Sum(s => s.Values.Length) > MostAdditional)
                    continue;
                // A pointer to the target, which ends the record just written.
                var target = DnsFormat.HeaderSize + nameLength + 4 + (into.WrittenCount - start) - (data.Length - 6);
                foreach (var address in others(value.Target).Where(s => s.Type is DnsType.A or DnsType.AAAA))
                    foreach (var one in address.Values)
                    {
                        Record(additions, target, address.Type, address.Seconds, Encode(address.Type, one)!);
                        additional++;
                    }
            }
        BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)type);
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], (ushort)count);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], (ushort)(type switch { DnsType.A => 16, DnsType.AAAA => 28, _ => 0 }));
        BinaryPrimitives.WriteInt32LittleEndian(header[6..], into.WrittenCount - start);
        BinaryPrimitives.WriteUInt16LittleEndian(header[10..], (ushort)additional);
        BinaryPrimitives.WriteUInt16LittleEndian(header[12..], (ushort)additions.WrittenCount);
        Append(into, additions.WrittenSpan);
    }

    private static void Record(ArrayBufferWriter<byte> into, int? owner, DnsType type, int seconds, byte[] data)
    {
        var record = into.GetSpan(12 + data.Length);
        BinaryPrimitives.WriteUInt16BigEndian(record, owner is { } at ? (ushort)(0xc000 | at) : DnsFormat.PointerToQuestion);
        BinaryPrimitives.WriteUInt16BigEndian(record[2..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(record[4..], DnsFormat.ClassIn);
        BinaryPrimitives.WriteInt32BigEndian(record[6..], seconds);
        BinaryPrimitives.WriteUInt16BigEndian(record[10..], (ushort)data.Length);
        data.CopyTo(record[12..]);
        into.Advance(12 + data.Length);
    }

    /// <summary>Null for a name no message can carry.</summary>
    public static byte[]? Encode(DnsType type, DnsValue value)
    {
        switch (type)
        {
            case DnsType.A or DnsType.AAAA:
                return value.Address!.GetAddressBytes();
            case DnsType.TXT:
                var text = System.Text.Encoding.UTF8.GetBytes(value.Target);
                return [(byte)text.Length, .. text];
            case DnsType.SRV:
                // Not compressed (RFC 2782).
                return WireName.Parse(value.Target) is { } target
                    ? [0, 0, (byte)(value.Weight >> 8), (byte)value.Weight, (byte)(value.Port >> 8), (byte)value.Port, .. target]
                    : null;
            default:
                return WireName.Parse(value.Target);
        }
    }

    private static void Append(ArrayBufferWriter<byte> to, ReadOnlySpan<byte> bytes) => to.Write(bytes);
}
