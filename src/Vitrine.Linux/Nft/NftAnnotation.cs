using System.Text;
using System.Text.Unicode;

namespace Vitrine.Linux.Nft;

/// <summary>The free bytes the kernel keeps with an entry: type, length, value, a byte each for the first two (libnftnl's udata.c).</summary>
internal static class NftAnnotation
{
    // NFT_USERDATA_MAXLEN 256, less type and length and the closing NUL.
    private const int MaxComment = 253;

    internal static byte[] Comment(string comment, byte type = Nfnl.NFTNL_UDATA_COMMENT)
    {
        var text = new byte[MaxComment];
        // Cuts at a whole character.
        Utf8.FromUtf16(comment, text, out _, out var length);
        return [type, (byte)(length + 1), .. text.AsSpan(0, length), 0];
    }

    /// <summary>What is left of a comment that is too long.</summary>
    internal static string? Cut(string? comment) => comment is null || Encoding.UTF8.GetByteCount(comment) <= MaxComment ? comment : ReadComment(Comment(comment));

    internal static string? ReadComment(ReadOnlySpan<byte> entries, byte type = Nfnl.NFTNL_UDATA_COMMENT)
    {
        while (entries.Length >= 2 && entries.Length >= 2 + entries[1])
        {
            if (entries[0] == type)
                return Encoding.UTF8.GetString(entries.Slice(2, entries[1]).TrimEnd((byte)0));
            entries = entries[(2 + entries[1])..];
        }
        return null;
    }

    /// <summary>A number of four bytes, as the byte order of keys is kept.</summary>
    internal static byte[] Number(byte type, byte value) => [type, 4, value, 0, 0, 0];
}
