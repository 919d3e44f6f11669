using System.IO.Pipelines;
using System.Globalization;
using System.Text;

namespace Vitrine.Agent.Logs;

/// <summary>Copies a container's log to a client, following it over rotations until the container has ended.</summary>
/// <param name="ended">Whether the container will write no more.</param>
internal sealed class LogReader(string path, LogOptions options, TimeProvider time, Func<CancellationToken, Task<bool>> ended)
{
    // inotify would tell sooner, but costs one of 128 instances per follower.
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private const int PollsPerLook = 10;
    private const int MaxLine = 1 << 20;
    private long left = options.LimitBytes ?? long.MaxValue;
    private bool atLineStart = true;

    private byte[] pending = new byte[32 << 10];
    private int filled;

    public async Task CopyAsync(PipeWriter output, CancellationToken ct)
    {
        var files = Open();
        var file = files[^1];
        try
        {
            if (options.TailLines is { } lines)
            {
                LogTail.Seek(files, lines);
            }

            foreach (var old in files.SkipLast(1))
            {
                await CopyAsync(old, output, ct).ConfigureAwait(false);
            }

            var idle = 0;
            var over = false;
            while (left > 0)
            {
                if (await CopyAsync(file, output, ct).ConfigureAwait(false))
                {
                    idle = 0;
                }

                if (IsRotated(file) && LogFiles.TryOpen(path) is { } next)
                {
                    // What came into the old one between the last look and its being put aside.
                    await CopyAsync(file, output, ct).ConfigureAwait(false);
                    await file.DisposeAsync().ConfigureAwait(false);
                    (file, filled) = (next, 0);
                    continue;
                }

                if (!options.Follow || over)
                {
                    break;
                }

                await Task.Delay(Poll, time, ct).ConfigureAwait(false);
                // One more read after the end: the last lines may have come in between.
                over = idle++ % PollsPerLook == 0 && await ended(ct).ConfigureAwait(false);
            }

            await output.FlushAsync(ct).ConfigureAwait(false);
        }
        finally
        {
            foreach (var one in files.Append(file))
            {
                await one.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>From where the file stands to its end.</summary>
    /// <returns>Whether there was anything.</returns>
    private async Task<bool> CopyAsync(FileStream file, PipeWriter output, CancellationToken ct)
    {
        var any = false;
        while (left > 0 && await file.ReadAsync(pending.AsMemory(filled), ct).ConfigureAwait(false) is > 0 and var read)
        {
            any = true;
            filled += read;
            var used = Emit(pending.AsSpan(0, filled), output);
            pending.AsSpan(used, filled - used).CopyTo(pending);
            filled -= used;
            if (filled == pending.Length)
            {
                // No runtime writes such a line (containerd cuts at 16 KiB); a file that does is not worth the memory.
                if (pending.Length >= MaxLine)
                {
                    filled = 0;
                }
                else
                {
                    Array.Resize(ref pending, pending.Length * 2);
                }
            }

            await output.FlushAsync(ct).ConfigureAwait(false);
        }

        return any;
    }

    /// <returns>Bytes of whole lines consumed.</returns>
    private int Emit(ReadOnlySpan<byte> bytes, PipeWriter output)
    {
        var used = 0;
        while (left > 0 && bytes[used..].IndexOf((byte)'\n') is >= 0 and var length)
        {
            if (LogLine.TryParse(bytes.Slice(used, length), out var line) && IsRecent(line.Time))
            {
                if (options.Timestamps && atLineStart)
                {
                    Write(output, line.Time);
                    Write(output, " "u8);
                }

                Write(output, line.Text);
                atLineStart = !line.IsPartial;
                if (atLineStart)
                {
                    Write(output, "\n"u8);
                }
            }

            used += length + 1;
        }

        return used;
    }

    private void Write(PipeWriter output, ReadOnlySpan<byte> bytes)
    {
        var part = bytes.Length <= left ? bytes : bytes[..(int)left];
        part.CopyTo(output.GetSpan(part.Length + 1));
        output.Advance(part.Length);
        left -= part.Length;
    }

    private bool IsRecent(ReadOnlySpan<byte> written) =>
        options.Since is not { } since
        || !DateTimeOffset.TryParse(Encoding.ASCII.GetString(written), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
        || at >= since;

    /// <summary>All that is left of the log, the file that is written now at the end.</summary>
    private List<FileStream> Open()
    {
        // The newest first: one that is put aside meanwhile is then found among the rotated ones, but not twice.
        var now = LogFiles.TryOpen(path);
        var files = LogFiles.Rotated(path).Select(LogFiles.TryOpen).OfType<FileStream>().ToList();
        if (now is not null)
        {
            var target = new FileInfo($"/proc/self/fd/{now.SafeFileHandle.DangerousGetHandle()}").LinkTarget;
            files.RemoveAll(f => target == f.Name);
            files.Add(now);
        }

        return files.Count > 0 ? files : throw new FileNotFoundException($"opening the log {path}: there is none", path);
    }

    // The kernel keeps the descriptor's own name current through renames (proc(5), /proc/pid/fd).
    private bool IsRotated(FileStream file) => new FileInfo($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}").LinkTarget != path && File.Exists(path);
}
