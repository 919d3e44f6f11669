using System.Buffers;
using System.Net.Security;

namespace Vitrine.ApiServer.Streaming;

/// <summary>Carries bytes both ways until the agent's side has ended; the client's end of input is passed on as a half-close.</summary>
internal static class ByteRelay
{
    public static async Task RunAsync(Stream client, SslStream agent, CancellationToken stopping)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task up = UpAsync(client, agent, ended.Token);
        try
        {
            await CopyAsync(agent, client, ended.Token);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // Either side vanished: there is nobody left to tell.
        }
        finally
        {
            await ended.CancelAsync();
            await up;
        }
    }

    private static async Task UpAsync(Stream client, SslStream agent, CancellationToken ct)
    {
        try
        {
            await CopyAsync(client, agent, ct);
            await agent.ShutdownAsync();
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The other direction ends the relay.
        }
    }

    private static async Task CopyAsync(Stream from, Stream to, CancellationToken ct)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(32 << 10);
        try
        {
            int read;
            while ((read = await from.ReadAsync(buffer, ct)) > 0)
            {
                await to.WriteAsync(buffer.AsMemory(0, read), ct);
                await to.FlushAsync(ct);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
