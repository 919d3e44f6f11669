using System.Buffers.Binary;
using System.Text;

namespace Vitrine.Agent.Streaming.Spdy;

/// <summary>
/// Name/value blocks of SYN_STREAM. SPDY wants one zlib stream per direction, primed with a dictionary .NET's zlib cannot be given;
/// stored blocks (RFC 1951 §3.2.4) in a stream without FDICT (RFC 1950 §2.2) need none, and every inflater takes them.
/// </summary>
internal sealed class SpdyHeaders
{
    private bool begun;

    /// <summary>One block; blocks of a connection must be sent in the order they were made.</summary>
    public byte[] Encode(params ReadOnlySpan<(string Name, string Value)> pairs)
    {
        var plain = new List<byte>();
        Number(plain, pairs.Length);
        foreach (var (name, value) in pairs)
        {
            foreach (var text in (string[])[name.ToLowerInvariant(), value])
            {
                var bytes = Encoding.ASCII.GetBytes(text);
                Number(plain, bytes.Length);
                plain.AddRange(bytes);
            }
        }

        var length = (ushort)plain.Count;
        // The empty block behind the data is a sync flush: without it Go's inflater holds the data back and then fails for good.
        byte[] stored = [0, (byte)length, (byte)(length >> 8), (byte)~length, (byte)(~length >> 8), .. plain, 0, 0, 0, 0xFF, 0xFF];
        // CMF 0x78: deflate, 32 KiB window; FLG 0x01 makes the pair a multiple of 31, FDICT clear.
        byte[] block = begun ? stored : [0x78, 0x01, .. stored];
        begun = true;
        return block;
    }

    private static void Number(List<byte> to, int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        to.AddRange(bytes);
    }
}
