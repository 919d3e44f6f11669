using System.Buffers;
using System.Net.Security;

namespace Vitrine.ApiServer.Streaming;

/// <summary>Carries bytes both ways until the agent's side has ended; the client's end of input is passed on as a half-close.</summary>
internal static class ByteRelay
{
    private const int BufferSize = 32 << 10;

    public static async Task RunAsync(Stream client, SslStream agent, CancellationToken stopping)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using CancellationTokenSource inputEnded = CancellationTokenSource.CreateLinkedTokenSource(ended.Token);
        Task up = UpAsync(client, agent, inputEnded, ended.Token);
        try
        {
            await DownAsync(agent, client, inputEnded.Token, ended.Token);
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

    private static async Task UpAsync(Stream client, SslStream agent, CancellationTokenSource inputEnded, CancellationToken ct)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int read;
            while ((read = await client.ReadAsync(buffer, ct)) > 0)
            {
                await agent.WriteAsync(buffer.AsMemory(0, read), ct);
            }

            await inputEnded.CancelAsync();
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The other direction ends the relay.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // ShutdownAsync takes no lock against a read that decrypts: beside one it may eat that read's record, or fail and never send the close_notify.
    // So whoever reads also sends it, between two reads.
    private static async Task DownAsync(SslStream agent, Stream client, CancellationToken inputEnded, CancellationToken ct)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            CancellationToken interrupt = inputEnded;
            while (true)
            {
                if (interrupt != ct && inputEnded.IsCancellationRequested)
                {
                    ct.ThrowIfCancellationRequested();
                    await agent.ShutdownAsync();
                    interrupt = ct;
                }

                int read;
                try
                {
                    read = await agent.ReadAsync(buffer, interrupt);
                }
                catch (OperationCanceledException) when (interrupt != ct && !ct.IsCancellationRequested)
                {
                    continue;
                }

                if (read == 0)
                {
                    return;
                }

                await client.WriteAsync(buffer.AsMemory(0, read), ct);
                await client.FlushAsync(ct);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
