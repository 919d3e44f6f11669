using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Vitrine.Dns.Answers;
using Vitrine.Dns.Forward;
using Vitrine.Dns.Wire;
using Vitrine.Linux.Sockets;

namespace Vitrine.Dns.Server;

/// <summary>One client's TCP connection.</summary>
/// <param name="socket">Accepted.</param>
/// <param name="answerer">For what is known at once.</param>
/// <param name="resolver">For the rest.</param>
/// <param name="waiting">Places for questions of all connections that wait for upstreams.</param>
/// <param name="time">For patience.</param>
internal sealed class StreamConnection(Socket socket, Answerer answerer, Resolver resolver, SemaphoreSlim waiting, TimeProvider time) : IDisposable
{
    /// <summary>Between two questions, and for an answer to be taken. RFC 7766 §6.2.3: a few seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int MostAtOnce = 32;
    private readonly SemaphoreSlim sending = new(1), room = new(MostAtOnce);
    private readonly UInt128 client = PeerAddress.BitsOf(((IPEndPoint)socket.RemoteEndPoint!).Address);

    /// <summary>Timestamp of the last whole question; of the beginning before one.</summary>
    public long LastHeard { get; private set; } = time.GetTimestamp();

    /// <summary>Until the client has no more to ask and every answer is sent.</summary>
    public async Task RunAsync()
    {
        socket.NoDelay = true;
        var prefix = new byte[2];
        while (await TryFillAsync(prefix).ConfigureAwait(false) && BinaryPrimitives.ReadUInt16BigEndian(prefix) is > 0 and var length)
        {
            var question = ArrayPool<byte>.Shared.Rent(length);
            try
            {
                if (!await TryFillAsync(question.AsMemory(0, length)).ConfigureAwait(false))
                    break;
                LastHeard = time.GetTimestamp();
                // A client with so many questions open reads its answers before it is heard again.
                await room.WaitAsync().ConfigureAwait(false);
                if (!await TryAnswerAsync(question.AsMemory(0, length)).ConfigureAwait(false))
                    break;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(question);
            }
        }
        for (var i = 0; i < MostAtOnce; i++)
            await room.WaitAsync().ConfigureAwait(false);
    }

    public void Dispose() => socket.Dispose();

    /// <summary>False when what came is no question: such a client is not listened to further.</summary>
    private async Task<bool> TryAnswerAsync(ReadOnlyMemory<byte> question)
    {
        var message = ArrayPool<byte>.Shared.Rent(2 + DnsFormat.MaxMessage);
        question.CopyTo(message.AsMemory(2));
        var answer = answerer.Answer(message.AsSpan(2, DnsFormat.MaxMessage), question.Length, client, stream: true, out var query);
        if (answer == AnswerOutcome.Later && waiting.Wait(0))
        {
            _ = LaterAsync(message, query);
            return true;
        }
        if (answer == AnswerOutcome.Later)
            answer = answerer.Fail(message.AsSpan(2, DnsFormat.MaxMessage), query, stream: true);
        try
        {
            if (answer > 0)
                await SendAsync(message, answer).ConfigureAwait(false);
            return answer > 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(message);
            room.Release();
        }
    }

    private async Task LaterAsync(byte[] message, Query query)
    {
        try
        {
            var length = await resolver.AnswerAsync(message.AsMemory(2, DnsFormat.MaxMessage), query, stream: true).ConfigureAwait(false);
            await SendAsync(message, length).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client did not wait.
        }
        finally
        {
            waiting.Release();
            ArrayPool<byte>.Shared.Return(message);
            room.Release();
        }
    }

    /// <summary>Length and answer in one segment: some clients read no further than the first.</summary>
    private async Task SendAsync(byte[] message, int length)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message, (ushort)length);
        await sending.WaitAsync().ConfigureAwait(false);
        try
        {
            using var late = new CancellationTokenSource(Patience, time);
            for (var sent = 0; sent < length + 2;)
                sent += await socket.SendAsync(message.AsMemory(sent, length + 2 - sent), late.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
        finally
        {
            sending.Release();
        }
    }

    private async Task<bool> TryFillAsync(Memory<byte> into)
    {
        using var late = new CancellationTokenSource(Patience, time);
        for (var filled = 0; filled < into.Length;)
        {
            var count = await socket.ReceiveAsync(into[filled..], late.Token).ConfigureAwait(false);
            if (count == 0)
                return false;
            filled += count;
        }
        return true;
    }
}
