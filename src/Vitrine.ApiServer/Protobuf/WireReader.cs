using System.Buffers.Binary;

namespace Vitrine.ApiServer.Protobuf;

/// <summary>
/// Reads the fields of one protobuf message. Never reads past its span; everything malformed is a
/// <see cref="FormatException"/> in the words of Kubernetes' generated decoders.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> message)
{
    private const string CutShort = "unexpected EOF";

    private ReadOnlySpan<byte> rest = message;

    public readonly bool AtEnd => rest.IsEmpty;

    /// <summary>False at the message's end. An end-group tag is refused here: its start is skipped whole.</summary>
    public bool TryTag(out int number, out WireType type)
    {
        (number, type) = (0, WireType.Varint);
        if (rest.IsEmpty)
        {
            return false;
        }
        (number, type) = Tag();
        return type != WireType.EndGroup ? true : throw new FormatException("proto: unexpected end of group");
    }

    public ulong Varint()
    {
        ulong value = 0;
        for (var (at, shift) = (0, 0); shift < 64; at++, shift += 7)
        {
            if (at == rest.Length)
            {
                throw new FormatException(CutShort);
            }
            value |= (ulong)(rest[at] & 0x7f) << shift;
            if (rest[at] < 0x80)
            {
                rest = rest[(at + 1)..];
                return value;
            }
        }
        throw new FormatException("proto: integer overflow");
    }

    /// <summary>A length-delimited value: text, bytes, a message or packed scalars.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        var length = Varint();
        if (length > int.MaxValue)
        {
            throw new FormatException("proto: negative length found during unmarshaling");
        }
        return Take((int)length);
    }

    public ulong Fixed64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>Passes over a value whose tag was read. Nested groups are counted, not recursed into.</summary>
    public void Skip(WireType type)
    {
        var open = 0;
        while (true)
        {
            switch (type)
            {
                case WireType.Varint:
                    Varint();
                    break;
                case WireType.Fixed64:
                    Take(8);
                    break;
                case WireType.Bytes:
                    Bytes();
                    break;
                case WireType.Fixed32:
                    Take(4);
                    break;
                case WireType.StartGroup:
                    open++;
                    break;
                default:
                    open--;
                    break;
            }
            if (open <= 0)
            {
                return;
            }
            (_, type) = Tag();
        }
    }

    private (int Number, WireType Type) Tag()
    {
        var tag = Varint();
        var number = (int)(uint)(tag >> 3);
        var type = (WireType)(tag & 7);
        if (number <= 0 || type > WireType.Fixed32)
        {
            throw new FormatException($"proto: illegal tag {number} (wire type {(int)type})");
        }
        return (number, type);
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > rest.Length)
        {
            throw new FormatException(CutShort);
        }
        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }
}
