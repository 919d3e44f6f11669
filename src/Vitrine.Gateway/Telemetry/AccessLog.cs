using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using Vitrine.Gateway.Requests;

namespace Vitrine.Gateway.Telemetry;

/// <summary>A line of JSON for one request in so many, and for each that ended in a failure of ours or of a backend. When nobody keeps up with it, lines are dropped, not requests.</summary>
internal sealed class AccessLog(Stream output, int oneIn, TimeProvider time)
{
    private readonly Channel<AccessEntry> entries = Channel.CreateBounded<AccessEntry>(new BoundedChannelOptions(4096) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private uint count;

    /// <param name="exchange">that has ended</param>
    /// <param name="status">it ended with</param>
    /// <param name="took">all in all</param>
    public void Write(Exchange exchange, int status, TimeSpan took)
    {
        if (oneIn == 0 || status < 500 && Interlocked.Increment(ref count) % (uint)oneIn != 0)
            return;
        var request = exchange.Http.Request;
        entries.Writer.TryWrite(new AccessEntry(
            time.GetUtcNow(), exchange.ClientText, request.Method, exchange.Host, exchange.Path.Encoded, request.Protocol, status, took.TotalMilliseconds,
            exchange.Rule?.Rule.Source.ToString(), exchange.Upstream?.Upstream.Key, exchange.Endpoint?.Address.ToString(), exchange.Tried.Count + (exchange.Endpoint is null ? 0 : 1)));
    }

    public async Task RunAsync(CancellationToken ct)
    {
        var buffer = new ArrayBufferWriter<byte>(16 << 10);
        while (await entries.Reader.WaitToReadAsync(ct).ConfigureAwait(false))
        {
            buffer.ResetWrittenCount();
            while (buffer.WrittenCount < 12 << 10 && entries.Reader.TryRead(out var entry))
                Write(buffer, entry);
            await output.WriteAsync(buffer.WrittenMemory, ct).ConfigureAwait(false);
            await output.FlushAsync(ct).ConfigureAwait(false);
        }
    }

    private static void Write(ArrayBufferWriter<byte> buffer, in AccessEntry entry)
    {
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", entry.Time);
            json.WriteString("client", entry.Client);
            json.WriteString("method", entry.Method);
            json.WriteString("host", entry.Host);
            json.WriteString("path", entry.Path);
            json.WriteString("protocol", entry.Protocol);
            json.WriteNumber("status", entry.Status);
            json.WriteNumber("ms", Math.Round(entry.Milliseconds, 3));
            if (entry.Rule is { } rule)
                json.WriteString("rule", rule);
            if (entry.Upstream is { } upstream)
                json.WriteString("upstream", upstream);
            if (entry.Endpoint is { } endpoint)
                json.WriteString("endpoint", endpoint);
            if (entry.Tries > 1)
                json.WriteNumber("tries", entry.Tries);
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
    }
}
