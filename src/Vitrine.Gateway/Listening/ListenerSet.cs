using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Listening;

/// <summary>The open ports. A new plan opens and closes only those that it adds and drops; the rest, and their connections, notice nothing.</summary>
internal sealed partial class ListenerSet(SocketTransportFactory transport, ConnectionGreeter greeter, IPAddress address, ILogger logger) : IAsyncDisposable
{
    private readonly Dictionary<int, ListeningSocket> byPort = [];

    /// <summary>Connections that are open now.</summary>
    public int Open => byPort.Values.Sum(s => s.Open);

    /// <summary>Some listener could not be opened.</summary>
    public bool Missing { get; private set; }

    /// <summary>Called by one plan at a time. What could not be opened is said, and tried again at the next call.</summary>
    public async Task<ImmutableArray<string>> ApplyAsync(ImmutableArray<PlannedListener> listeners, CancellationToken ct)
    {
        var wanted = listeners.DistinctBy(l => l.TargetPort).ToDictionary(l => l.TargetPort);
        foreach (var port in byPort.Keys.Where(p => !wanted.ContainsKey(p)).ToArray())
        {
            byPort.Remove(port, out var socket);
            await socket!.DisposeAsync().ConfigureAwait(false);
            Closed(logger, socket.Planned.Name, port);
        }

        var failures = ImmutableArray.CreateBuilder<string>();
        foreach (var (port, listener) in wanted)
        {
            if (byPort.TryGetValue(port, out var open))
            {
                open.Planned = listener;
                continue;
            }

            var socket = new ListeningSocket(listener, greeter);
            try
            {
                await socket.BindAsync(transport, address, ct).ConfigureAwait(false);
                byPort[port] = socket;
                Opened(logger, listener.Name, port);
            }
            catch (Exception e) when (e is AddressInUseException or IOException or SocketException)
            {
                failures.Add($"listener {listener.Name} cannot use port {port}: {e.Message}");
                NotOpened(logger, listener.Name, port, e.Message);
            }
        }
        Missing = failures.Count > 0;
        return failures.ToImmutable();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var socket in byPort.Values)
            await socket.DisposeAsync().ConfigureAwait(false);
        byPort.Clear();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "listener {Listener} is open at port {Port}")]
    private static partial void Opened(ILogger logger, string listener, int port);

    [LoggerMessage(Level = LogLevel.Information, Message = "listener {Listener} at port {Port} is closed")]
    private static partial void Closed(ILogger logger, string listener, int port);

    [LoggerMessage(Level = LogLevel.Error, Message = "listener {Listener} cannot use port {Port}: {Why}; it is tried again")]
    private static partial void NotOpened(ILogger logger, string listener, int port, string why);
}
