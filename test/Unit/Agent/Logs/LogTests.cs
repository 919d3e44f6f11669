using System.IO.Pipelines;
using System.Text;
using CsCheck;
using Vitrine.Agent.Logs;
using Xunit;

namespace Vitrine.Unit.Agent.Logs;

public sealed class LogTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(path);

    [Fact]
    public async Task Partial_records_are_joined_to_one_line() =>
        Assert.Equal("ab\nc\n", await Read("2026-01-02T03:04:05.1Z stdout P a\n2026-01-02T03:04:05.2Z stdout F b\n2026-01-02T03:04:06Z stderr F c\n"));

    [Fact]
    public async Task The_tail_counts_lines_from_the_end() =>
        Assert.Equal("l8\nl9\n", await Read(Lines(10), Options with { TailLines = 2 }));

    [Fact]
    public async Task A_tail_of_none_is_empty() => Assert.Equal("", await Read(Lines(3), Options with { TailLines = 0 }));

    [Fact]
    public async Task Timestamps_go_before_lines() =>
        Assert.Equal("2026-01-02T03:04:05.000000001Z x\n", await Read("2026-01-02T03:04:05.000000001Z stdout F x\n", Options with { Timestamps = true }));

    [Fact]
    public async Task Older_lines_than_since_are_left_out() =>
        Assert.Equal("new\n", await Read("2026-01-02T03:04:05Z stdout F old\n2026-01-02T03:04:07Z stdout F new\n", Options with { Since = new(2026, 1, 2, 3, 4, 6, TimeSpan.Zero) }));

    [Fact]
    public async Task A_byte_limit_cuts_exactly() => Assert.Equal("l0\nl", await Read(Lines(5), Options with { LimitBytes = 4 }));

    [Fact]
    public async Task Following_ends_when_the_container_has_ended() => Assert.Equal("l0\n", await Read(Lines(1), Options with { Follow = true }));

    [Fact]
    public void Any_bytes_parse_or_are_refused() =>
        Gen.Byte.Array[0, 80].Sample(bytes => !LogLine.TryParse(bytes, out var line) || line.Text.Length < bytes.Length);

    [Fact]
    public void A_tails_offset_is_where_its_lines_begin() =>
        Gen.Select(Gen.Int[0, 300].Array[0, 2000], Gen.Int[1, 50]).Sample((lengths, wanted) =>
        {
            using var file = new MemoryStream(Encoding.ASCII.GetBytes(string.Concat(lengths.Select(n => new string('x', n) + "\n"))));
            var expected = lengths.Take(Math.Max(0, lengths.Length - wanted)).Sum(n => (long)n + 1);
            return LogTail.Offset(file, wanted) == expected;
        }, iter: 200);

    [Fact]
    public async Task What_was_rotated_away_is_read_first_and_counts_for_the_tail()
    {
        await File.WriteAllTextAsync(path + ".20260102-030405-000", Lines(3));
        await File.WriteAllTextAsync(path + ".20260102-030406-000", Lines(2));
        try
        {
            Assert.Equal("l0\nl1\nl2\nl0\nl1\nl0\n", await Read(Lines(1)));
            Assert.Equal("l2\nl0\nl1\nl0\n", await Read(Lines(1), Options with { TailLines = 4 }));
            Assert.Equal("l1\nl0\n", await Read(Lines(1), Options with { TailLines = 2 }));
            Assert.Equal("l0\n", await Read(Lines(1), Options with { TailLines = 1 }));
            Assert.Equal("", await Read("", Options with { TailLines = 0 }));
        }
        finally
        {
            foreach (var file in LogFiles.Rotated(path))
            {
                File.Delete(file);
            }
        }
    }

    [Fact]
    public async Task A_follower_loses_nothing_when_the_log_is_rotated()
    {
        await File.WriteAllTextAsync(path, Lines(2));
        var over = false;
        var output = new MemoryStream();
        var copying = new LogReader(path, Options with { Follow = true }, TimeProvider.System, _ => Task.FromResult(over)).CopyAsync(PipeWriter.Create(output, new StreamPipeWriterOptions(leaveOpen: true)), CancellationToken.None);
        try
        {
            await Task.Delay(150);
            await File.AppendAllTextAsync(path, "2026-01-02T03:04:06Z stdout F last\n");
            File.Move(path, path + ".20260102-030406-000");
            await File.WriteAllTextAsync(path, "2026-01-02T03:04:07Z stdout F first\n");
            await Task.Delay(250);
            over = true;
            await copying.WaitAsync(TimeSpan.FromSeconds(10));
            Assert.Equal("l0\nl1\nlast\nfirst\n", Encoding.UTF8.GetString(output.ToArray()));
        }
        finally
        {
            File.Delete(path + ".20260102-030406-000");
        }
    }

    private static LogOptions Options { get; } = new(false, null, null, false, null);

    private static string Lines(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"2026-01-02T03:04:05.{i}Z stdout F l{i}\n"));

    private async Task<string> Read(string content, LogOptions? options = null)
    {
        await File.WriteAllTextAsync(path, content);
        var output = new MemoryStream();
        var pipe = PipeWriter.Create(output, new StreamPipeWriterOptions(leaveOpen: true));
        await new LogReader(path, options ?? Options, TimeProvider.System, _ => Task.FromResult(true)).CopyAsync(pipe, CancellationToken.None);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
