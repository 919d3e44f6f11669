using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Listening;

/// <summary>An open port: accepts until it is closed, and greets each connection as the plan says at that moment.</summary>
internal sealed class ListeningSocket(PlannedListener planned, ConnectionGreeter greeter) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<ConnectionContext, bool> open = new();
    private IConnectionListener? listener;
    private Task accepting = Task.CompletedTask;
    private PlannedListener planned = planned;

    public PlannedListener Planned
    {
        get => Volatile.Read(ref planned);
        set => Volatile.Write(ref planned, value);
    }

    public int Open => open.Count;

    /// <summary>Throws where the port is taken (<see cref="AddressInUseException"/>) or may not be bound (SocketException).</summary>
    public async Task BindAsync(SocketTransportFactory transport, IPAddress address, CancellationToken ct)
    {
        listener = await transport.BindAsync(new IPEndPoint(address, Planned.TargetPort), ct).ConfigureAwait(false);
        accepting = AcceptAsync(listener);
    }

    /// <summary>Accepts no more; open connections are asked to end after the request they are at.</summary>
    public async ValueTask DisposeAsync()
    {
        if (listener is null)
            return;
        await listener.UnbindAsync().ConfigureAwait(false);
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var connection in open.Keys)
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        await listener.DisposeAsync().ConfigureAwait(false);
    }

    private async Task AcceptAsync(IConnectionListener from)
    {
        while (await from.AcceptAsync().ConfigureAwait(false) is { } connection)
        {
            open[connection] = true;
            connection.ConnectionClosed.UnsafeRegister(c => open.TryRemove((ConnectionContext)c!, out _), connection);
            _ = greeter.GreetAsync(this, connection);
        }
    }
}
