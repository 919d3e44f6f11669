using System.Buffers.Binary;

namespace Vitrine.Dns.Answers;

/// <summary>
/// All that is known of one name, in one array: 40 000 names are 40 000 objects, not 200 000.
/// <code>
/// 1 length of the name, the name · 1 number of sets · per set a header of 14 bytes:
/// 2 type · 2 records · 2 bytes of each record, 0 where they differ · 4 bytes of all · 2 additional records · 2 bytes of those
/// then the records of each set, rendered for a question with this very name
/// </code>
/// </summary>
internal readonly ref struct NameEntry(ReadOnlySpan<byte> bytes)
{
    public const int SetHeader = 14;
    private readonly ReadOnlySpan<byte> bytes = bytes;

    public ReadOnlySpan<byte> Name => bytes.Slice(1, bytes[0]);

    /// <summary>False for a name that only stands between others.</summary>
    public bool HasRecords => Count > 0;

    private int Count => bytes[1 + bytes[0]];

    public bool TryFind(ushort type, out AnswerSet set)
    {
        var header = bytes[0] + 2;
        var at = header + Count * SetHeader;
        for (var i = Count; i > 0; i--, header += SetHeader)
        {
            var fields = bytes.Slice(header, SetHeader);
            var length = BinaryPrimitives.ReadInt32LittleEndian(fields[6..]);
            var additional = BinaryPrimitives.ReadUInt16LittleEndian(fields[12..]);
            if (BinaryPrimitives.ReadUInt16LittleEndian(fields) == type)
            {
                set = new AnswerSet
                {
                    Count = BinaryPrimitives.ReadUInt16LittleEndian(fields[2..]),
                    Stride = BinaryPrimitives.ReadUInt16LittleEndian(fields[4..]),
                    Records = bytes.Slice(at, length),
                    AdditionalCount = BinaryPrimitives.ReadUInt16LittleEndian(fields[10..]),
                    Additional = bytes.Slice(at + length, additional),
                };
                return true;
            }
            at += length + additional;
        }
        set = default;
        return false;
    }
}
