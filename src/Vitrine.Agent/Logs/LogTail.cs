using System.Text;

namespace Vitrine.Agent.Logs;

/// <summary>The end of a CRI log file.</summary>
internal static class LogTail
{
    private const int Block = 64 << 10;

    /// <summary>The text of the last lines, at most so many bytes.</summary>
    public static string Text(string path, int lines, int bytes)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Position = Offset(file, lines);
        var text = new MemoryStream();
        using var reader = new StreamReader(file);
        while (reader.ReadLine() is { } line)
        {
            if (LogLine.TryParse(Encoding.UTF8.GetBytes(line), out var parsed))
            {
                text.Write(parsed.Text);
                if (!parsed.IsPartial)
                {
                    text.WriteByte((byte)'\n');
                }
            }
        }

        var all = text.GetBuffer().AsSpan(0, (int)text.Length);
        return Encoding.UTF8.GetString(all.Length > bytes ? all[^bytes..] : all);
    }

    /// <summary>Offset where the last <paramref name="lines"/> lines begin. A cut-up long line counts as the records it is made of.</summary>
    public static long Offset(Stream file, long lines)
    {
        if (lines <= 0)
        {
            return file.Length;
        }

        var buffer = new byte[Block];
        var end = file.Length;
        // The newline that ends the last line separates nothing.
        var wanted = lines + 1;
        for (var from = end; from > 0;)
        {
            var start = Math.Max(0, from - Block);
            file.Position = start;
            var read = buffer.AsSpan(0, (int)(from - start));
            file.ReadExactly(read);
            for (var i = read.Length - 1; i >= 0; i--)
            {
                if (read[i] == (byte)'\n' && --wanted == 0)
                {
                    return start + i + 1;
                }
                else if (start + i == end - 1 && read[i] != (byte)'\n')
                {
                    wanted--;
                }
            }

            from = start;
        }

        return 0;
    }

    /// <summary>Puts each file of a log where its part of the last lines begins.</summary>
    /// <param name="files">The oldest first.</param>
    public static void Seek(IReadOnlyList<Stream> files, long lines)
    {
        foreach (var file in files.Reverse())
        {
            var offset = Offset(file, lines);
            lines = offset > 0 || lines <= 0 ? 0 : lines - Lines(file);
            file.Position = offset;
        }
    }

    private static long Lines(Stream file)
    {
        var buffer = new byte[Block];
        var lines = 0L;
        file.Position = 0;
        while (file.Read(buffer) is > 0 and var read)
        {
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
        }

        return lines;
    }
}
