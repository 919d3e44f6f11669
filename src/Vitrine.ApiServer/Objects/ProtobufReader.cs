namespace Vitrine.ApiServer.Objects;

/// <summary>Fields of one protobuf message, in the order they come. Throws <see cref="FormatException"/> for bytes that are none.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> rest = message;

    /// <summary>Of the field read last.</summary>
    public int Number { get; private set; }

    /// <summary>True when the field is a string, bytes or a message, found in <see cref="Bytes"/>; else it is in <see cref="Varint"/>.</summary>
    public bool IsBlock { get; private set; }

    public ReadOnlySpan<byte> Bytes { get; private set; }

    public ulong Varint { get; private set; }

    /// <summary>False at the end of the message.</summary>
    public bool Read()
    {
        if (rest.IsEmpty)
        {
            return false;
        }
        var tag = Next();
        if (tag >> 3 is 0 or > int.MaxValue)
        {
            throw new FormatException("protobuf: illegal field number");
        }
        Number = (int)(tag >> 3);
        IsBlock = (tag & 7) == 2;
        switch (tag & 7)
        {
            case 0:
                Varint = Next();
                break;
            case 1:
                Varint = BitConverter.ToUInt64(Take(8));
                break;
            case 2:
                Bytes = Take(Next());
                break;
            case 5:
                Varint = BitConverter.ToUInt32(Take(4));
                break;
            default:
                throw new FormatException($"protobuf: illegal wire type {tag & 7}");
        }
        return true;
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)rest.Length)
        {
            throw new FormatException("protobuf: unexpected end of message");
        }
        var taken = rest[..(int)length];
        rest = rest[(int)length..];
        return taken;
    }

    private ulong Next()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var one = Take(1)[0];
            value |= (ulong)(one & 0x7F) << shift;
            if (one < 0x80)
            {
                return value;
            }
        }
        throw new FormatException("protobuf: integer overflow");
    }
}
