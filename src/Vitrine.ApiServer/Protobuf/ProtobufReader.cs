using System.Text;
using Vitrine.ApiServer.Errors;

namespace Vitrine.ApiServer.Protobuf;

/// <summary>The protobuf wire format (https://protobuf.dev/programming-guides/encoding/), bounds checked; every fault is a 400.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>The next field's number and wire type.</summary>
    public (int Number, int Wire) Tag()
    {
        ulong tag = Varint();
        return tag >> 3 is > 0 and <= 536_870_911 and var number ? ((int)number, (int)(tag & 7)) : throw Fault();
    }

    public ulong Varint()
    {
        ulong value = 0;
        for (int i = 0; i < 10; i++)
        {
            if (i >= _rest.Length)
            {
                break;
            }

            value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return value;
            }
        }

        throw Fault();
    }

    public ReadOnlySpan<byte> Bytes(int wire)
    {
        ulong length = wire == 2 ? Varint() : throw Fault();
        if (length > (ulong)_rest.Length)
        {
            throw Fault();
        }

        ReadOnlySpan<byte> taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    public string Text(int wire)
    {
        try
        {
            return s_strict.GetString(Bytes(wire));
        }
        catch (DecoderFallbackException)
        {
            throw Fault();
        }
    }

    public long Integer(int wire) => wire == 0 ? (long)Varint() : throw Fault();

    public void Skip(int wire)
    {
        int fixedSize = wire switch { 0 => 0, 1 => sizeof(ulong), 2 => -1, 5 => sizeof(uint), _ => throw Fault() };
        if (fixedSize > _rest.Length)
        {
            throw Fault();
        }

        switch (fixedSize)
        {
            case 0:
                Varint();
                break;
            case -1:
                Bytes(wire);
                break;
            default:
                _rest = _rest[fixedSize..];
                break;
        }
    }

    internal static ApiException Fault() => ApiErrors.BadRequest("the body of the request is not a valid application/vnd.kubernetes.protobuf object");
}
