using System.Buffers;

namespace Vitrine.Gateway.Forwarding.Http1;

/// <summary>Where a header or trailer stands among the bytes it was read from (RFC 9112 §5).</summary>
internal readonly record struct FieldLine(int NameStart, int NameEnd, int ValueStart, int ValueEnd)
{
    /// <summary>Letters of a name or a method (RFC 9110 §5.6.2).</summary>
    public static readonly SearchValues<byte> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);
    private static readonly SearchValues<byte> Controls = SearchValues.Create([.. Enumerable.Range(0, 32).Where(c => c != '\t').Append(127).Select(c => (byte)c)]);

    public ReadOnlySpan<byte> Name(ReadOnlySpan<byte> of) => of[NameStart..NameEnd];

    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> of) => of[ValueStart..ValueEnd];

    /// <summary>Name to value.</summary>
    public ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> of) => of[NameStart..ValueEnd];

    /// <summary>Throws <see cref="BadAnswer"/> for what is no header; a folded line is none (§5.2).</summary>
    /// <param name="bytes">the line and what is around it</param>
    /// <param name="start">of the line</param>
    /// <param name="end">of the line, without what ends it</param>
    public static FieldLine Read(ReadOnlySpan<byte> bytes, int start, int end)
    {
        var line = bytes[start..end];
        RefuseControls(line);
        var colon = line.IndexOf((byte)':');
        if (colon < 0)
            throw new BadAnswer("a header has no colon");
        // §5.1: a proxy takes white space before the colon away.
        var name = line[..colon].TrimEnd(" \t"u8);
        if (name.IsEmpty || name.ContainsAnyExcept(Token))
            throw new BadAnswer("a header has a name that is none");
        var value = line[(colon + 1)..];
        var trimmed = value.TrimStart(" \t"u8);
        var from = end - trimmed.Length;
        return new FieldLine(start, start + name.Length, from, from + trimmed.TrimEnd(" \t"u8).Length);
    }

    public static void RefuseControls(ReadOnlySpan<byte> line)
    {
        if (line.ContainsAny(Controls))
            throw new BadAnswer("a line has a control character");
    }
}
