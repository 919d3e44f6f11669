using Vitrine.Dns.Forward;
using Vitrine.Dns.Wire;
using Vitrine.Linux.Sockets;

namespace Vitrine.Dns.Server;

/// <summary>Questions over UDP that wait for somebody else. Their number is bounded: what is beyond it is refused at once, and the client may ask again.</summary>
internal sealed class Deferral(Resolver resolver)
{
    private const int Most = 1000;
    private int waiting;

    public bool TryDefer(ReadOnlySpan<byte> question, in Query query, DatagramBatch socket, PeerAddress peer)
    {
        if (Interlocked.Increment(ref waiting) > Most)
        {
            Interlocked.Decrement(ref waiting);
            return false;
        }
        var copy = new byte[Math.Max(DnsFormat.EdnsPayload, question.Length)];
        question.CopyTo(copy);
        _ = AnswerAsync(copy, query, socket, peer);
        return true;
    }

    private async Task AnswerAsync(byte[] message, Query query, DatagramBatch socket, PeerAddress peer)
    {
        // Off the receiving thread at once.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var length = await resolver.AnswerAsync(message, query, stream: false).ConfigureAwait(false);
            socket.SendTo(peer, message.AsSpan(0, length));
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }
}
