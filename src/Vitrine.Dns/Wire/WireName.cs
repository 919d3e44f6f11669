using System.Runtime.Intrinsics;
using System.Text;

namespace Vitrine.Dns.Wire;

/// <summary>Names as the wire has them: labels, each behind its length, and a zero (RFC 1035 §3.1). Nothing here throws over what came from outside.</summary>
internal static class WireName
{
    /// <summary>Null unless the text is a name: labels of 1 to 63 bytes, 255 with their lengths.</summary>
    public static byte[]? Parse(string text)
    {
        text = text.TrimEnd('.');
        if (text.Length == 0)
            return [0];
        var wire = new byte[Encoding.UTF8.GetByteCount(text) + 2];
        if (wire.Length > DnsFormat.MaxName)
            return null;
        Encoding.UTF8.GetBytes(text, wire.AsSpan(1));
        for (int at = 0, end; at < wire.Length - 1; at = end)
        {
            for (end = at + 1; end < wire.Length - 1 && wire[end] != '.'; end++)
            {
            }
            if (end - at - 1 is 0 or > DnsFormat.MaxLabel)
                return null;
            wire[at] = (byte)(end - at - 1);
        }
        wire[^1] = 0;
        return wire;
    }

    /// <summary>For people and for the plan; what is no letter, digit, dash or underscore is escaped (RFC 1035 §5.1).</summary>
    public static string ToText(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder(name.Length);
        for (var at = 0; at < name.Length && name[at] is > 0 and var length && at + length < name.Length; at += length + 1)
        {
            foreach (var b in name.Slice(at + 1, length))
                if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_')
                    text.Append((char)b);
                else
                    text.Append('\\').Append(b.ToString("000", System.Globalization.CultureInfo.InvariantCulture));
            text.Append('.');
        }
        return text.Length == 0 ? "." : text.ToString();
    }

    /// <summary>Length of an uncompressed name at the start of the bytes, or -1: too long, cut off, or with a pointer in it.</summary>
    public static int Measure(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; at < bytes.Length && at < DnsFormat.MaxName; at += bytes[at] + 1)
            if (bytes[at] == 0)
                return at + 1;
            else if (bytes[at] > DnsFormat.MaxLabel)
                return -1;
        return -1;
    }

    /// <summary>Where a name ends that may be compressed, or -1.</summary>
    public static int Skip(ReadOnlySpan<byte> message, int at)
    {
        for (var start = at; at < message.Length && at - start < DnsFormat.MaxName; at += message[at] + 1)
            if (message[at] == 0)
                return at + 1;
            else if (message[at] >= 0xc0)
                return at + 2 <= message.Length ? at + 2 : -1;
            else if (message[at] > DnsFormat.MaxLabel)
                return -1;
        return -1;
    }

    /// <summary>
    /// Writes out a name that may be compressed, in lower case. Each pointer has to lead to before the labels it was found behind, so that none leads round in a circle.
    /// </summary>
    /// <returns>bytes written, or -1</returns>
    public static int Expand(ReadOnlySpan<byte> message, int at, Span<byte> into)
    {
        var written = 0;
        for (var bound = at; at >= 0 && at < message.Length;)
        {
            var length = message[at];
            if (length >= 0xc0)
            {
                var target = at + 1 < message.Length ? (length & 0x3f) << 8 | message[at + 1] : bound;
                if (target >= bound)
                    return -1;
                at = bound = target;
                continue;
            }
            if (length > DnsFormat.MaxLabel || at + 1 + length > message.Length || written + 1 + length > Math.Min(into.Length, DnsFormat.MaxName))
                return -1;
            message.Slice(at, length + 1).CopyTo(into[written..]);
            written += length + 1;
            at += length + 1;
            if (length == 0)
            {
                ToLower(into[..written], into);
                return written;
            }
        }
        return -1;
    }

    /// <summary>ASCII letters only (RFC 4343). Lengths of labels are below 'A', so a whole name can be treated at once.</summary>
    public static void ToLower(ReadOnlySpan<byte> name, Span<byte> into)
    {
        var at = 0;
        for (; at <= name.Length - Vector128<byte>.Count; at += Vector128<byte>.Count)
            Lower(Vector128.Create(name[at..])).CopyTo(into[at..]);
        for (; at < name.Length; at++)
            into[at] = (byte)(name[at] is >= (byte)'A' and <= (byte)'Z' ? name[at] | 0x20 : name[at]);
    }

    /// <summary>Where the suffix begins in the name, at the boundary of a label; -1 when the name does not end so.</summary>
    public static int FindSuffix(ReadOnlySpan<byte> name, ReadOnlySpan<byte> suffix)
    {
        if (!name.EndsWith(suffix))
            return -1;
        var wanted = name.Length - suffix.Length;
        var at = 0;
        while (at < wanted)
            at += name[at] + 1;
        return at == wanted ? at : -1;
    }

    private static Vector128<byte> Lower(Vector128<byte> bytes)
    {
        var upper = Vector128.GreaterThan(bytes.AsSByte(), Vector128.Create((sbyte)('A' - 1))) & Vector128.LessThan(bytes.AsSByte(), Vector128.Create((sbyte)('Z' + 1)));
        return bytes | (upper.AsByte() & Vector128.Create((byte)0x20));
    }
}
