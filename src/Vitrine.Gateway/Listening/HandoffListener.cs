using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Vitrine.Gateway.Listening;

/// <summary>One entrance: Kestrel's accept loop reads what was handed over.</summary>
internal sealed class HandoffListener(EndPoint endPoint) : IConnectionListener
{
    // Unbounded: what is in it was accepted already, and Kestrel's loop does nothing but start a task for each.
    private readonly Channel<ConnectionContext> connections = Channel.CreateUnbounded<ConnectionContext>(new UnboundedChannelOptions { SingleReader = true });

    public EndPoint EndPoint => endPoint;

    public bool TryHand(ConnectionContext connection) => connections.Writer.TryWrite(connection);

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await connections.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            if (connections.Reader.TryRead(out var connection))
                return connection;
        return null;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        connections.Writer.TryComplete();
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        connections.Writer.TryComplete();
        while (connections.Reader.TryRead(out var connection))
            await connection.DisposeAsync().ConfigureAwait(false);
    }
}
