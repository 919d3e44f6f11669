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

    public async Task CopyAsync(PipeWriter output, CancellationToken ct)
    {
        var file = Open();
        try
        {
            file.Position = options.TailLines is { } lines ? LogTail.Offset(file, lines) : 0;
            var pending = new byte[32 << 10];
            var filled = 0;
            var idle = 0;
            var over = false;
            while (left > 0)
            {
                var read = await file.ReadAsync(pending.AsMemory(filled), ct).ConfigureAwait(false);
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

                if (read > 0)
                {
                    idle = 0;
                    await output.FlushAsync(ct).ConfigureAwait(false);
                    continue;
                }

                if (IsRotated(file))
                {
                    await file.DisposeAsync().ConfigureAwait(false);
                    file = Open();
                    filled = 0;
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
            await file.DisposeAsync().ConfigureAwait(false);
        }
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

    private FileStream Open() => new(path, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0, Options = FileOptions.Asynchronous });

    // The kernel keeps the descriptor's own name current through renames (proc(5), /proc/pid/fd).
    private bool IsRotated(FileStream file) => new FileInfo($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}").LinkTarget != path && File.Exists(path);
}
