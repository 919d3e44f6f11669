namespace Vitrine.Agent.Logs;

/// <summary>One line of a CRI log file: "RFC3339Nano stdout|stderr F|P text".</summary>
/// <param name="Time">The time's text, as written.</param>
/// <param name="IsPartial">The runtime cut a long line here; the next record goes on.</param>
internal readonly ref struct LogLine(ReadOnlySpan<byte> time, ReadOnlySpan<byte> stream, bool isPartial, ReadOnlySpan<byte> text)
{
    public ReadOnlySpan<byte> Time { get; } = time;

    public ReadOnlySpan<byte> Stream { get; } = stream;

    public bool IsPartial { get; } = isPartial;

    public ReadOnlySpan<byte> Text { get; } = text;

    /// <param name="line">Without its newline.</param>
    public static bool TryParse(ReadOnlySpan<byte> line, out LogLine parsed)
    {
        parsed = default;
        var first = line.IndexOf((byte)' ');
        if (first < 20)
        {
            return false;
        }

        var rest = line[(first + 1)..];
        var second = rest.IndexOf((byte)' ');
        if (second < 0 || !(rest[..second].SequenceEqual("stdout"u8) || rest[..second].SequenceEqual("stderr"u8)))
        {
            return false;
        }

        var tail = rest[(second + 1)..];
        var third = tail.IndexOf((byte)' ');
        var tags = third < 0 ? tail : tail[..third];
        if (tags.IsEmpty || tags[0] is not ((byte)'F' or (byte)'P'))
        {
            return false;
        }

        parsed = new LogLine(line[..first], rest[..second], tags[0] == (byte)'P', third < 0 ? [] : tail[(third + 1)..]);
        return true;
    }
}
