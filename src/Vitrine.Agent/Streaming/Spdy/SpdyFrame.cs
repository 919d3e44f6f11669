using System.Buffers.Binary;

namespace Vitrine.Agent.Streaming.Spdy;

/// <summary>The eight bytes before every SPDY/3.1 frame (https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/ §2.2).</summary>
/// <param name="Type">Control frame type, or 0 for data.</param>
/// <param name="StreamId">Of a data frame; 0 otherwise.</param>
/// <param name="Length">Of what follows, below 2^24.</param>
internal readonly record struct SpdyFrame(ushort Type, uint StreamId, byte Flags, int Length)
{
    public const int HeaderSize = 8;
    public const int MaxLength = (1 << 24) - 1;
    public const ushort Data = 0;
    public const ushort SynStream = 1;
    public const ushort SynReply = 2;
    public const ushort RstStream = 3;
    public const ushort Settings = 4;
    public const ushort Ping = 6;
    public const ushort GoAway = 7;
    public const byte Fin = 1;
    private const ushort ControlVersion3 = 0x8003;

    public bool IsData => Type == Data;

    /// <returns>False for a control frame of another protocol version.</returns>
    public static bool TryRead(ReadOnlySpan<byte> header, out SpdyFrame frame)
    {
        var length = (header[5] << 16) | (header[6] << 8) | header[7];
        if ((header[0] & 0x80) == 0)
        {
            frame = new(Data, BinaryPrimitives.ReadUInt32BigEndian(header), header[4], length);
            return true;
        }

        frame = new(BinaryPrimitives.ReadUInt16BigEndian(header[2..]), 0, header[4], length);
        return BinaryPrimitives.ReadUInt16BigEndian(header) == ControlVersion3 && frame.Type != Data;
    }

    public void Write(Span<byte> header)
    {
        if (IsData)
        {
            BinaryPrimitives.WriteUInt32BigEndian(header, StreamId);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(header, ControlVersion3);
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], Type);
        }

        header[4] = Flags;
        header[5] = (byte)(Length >> 16);
        header[6] = (byte)(Length >> 8);
        header[7] = (byte)Length;
    }
}
