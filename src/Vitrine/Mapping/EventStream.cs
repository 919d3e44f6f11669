using System.Buffers;
using System.Text;

namespace Vitrine.Mapping;

/// <summary>Server-sent events (WHATWG HTML, 9.2) of several writers, whole events one after another.</summary>
internal sealed class EventStream(Stream body) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1);
    private readonly ArrayBufferWriter<byte> buffer = new();

    /// <param name="name">of the event</param>
    /// <param name="data">JSON on one line</param>
    /// <param name="ct">ends the wait</param>
    public async Task SendAsync(string name, ReadOnlyMemory<byte> data, CancellationToken ct)
    {
        await turn.WaitAsync(ct);
        try
        {
            buffer.ResetWrittenCount();
            Encoding.UTF8.GetBytes($"event: {name}\ndata: ", buffer);
            buffer.Write(data.Span);
            buffer.Write("\n\n"u8);
            await body.WriteAsync(buffer.WrittenMemory, ct);
            await body.FlushAsync(ct);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();
}
