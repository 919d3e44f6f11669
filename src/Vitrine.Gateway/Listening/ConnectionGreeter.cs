using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Vitrine.Gateway.Forwarding;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Listening;

/// <summary>
/// What happens to a connection before its first request:
/// <code>
/// accepted ─► 1 PROXY header, where asked ─► 2 TLS to be carried on ─► PassthroughTunnel
///                                         ├► 3 TLS                  ─► Kestrel's entrance "tls"
///                                         └► 4 plain                ─► "http2" by its preface, else "http1"
/// </code>
/// </summary>
internal sealed partial class ConnectionGreeter(HandoffListeners entrances, PassthroughTunnel passthrough, ILogger logger, TimeProvider time)
{
    /// <summary>How long a connection may take to say what it is; as long as one may idle between two requests.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(75);

    /// <summary>How long a PROXY header or a TLS greeting may take: whoever sends one, sends it at once.</summary>
    private static readonly TimeSpan ShortPatience = TimeSpan.FromSeconds(10);

    public async Task GreetAsync(ListeningSocket socket, ConnectionContext connection)
    {
        var handed = false;
        try
        {
            var planned = socket.Planned;
            var peer = Arrival.Plain((connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None);
            // 1
            if (!planned.ProxyProtocolFrom.IsDefaultOrEmpty && AddressRanges.Of(planned.ProxyProtocolFrom).Contain(peer))
            {
                using var patience = new CancellationTokenSource(ShortPatience, time);
                if (await ProxyHeader.ReadAsync(connection.Transport.Input, patience.Token).ConfigureAwait(false) is { } source)
                {
                    connection.RemoteEndPoint = source;
                    peer = Arrival.Plain(source.Address);
                }
            }

            var arrival = new Arrival(socket, peer);
            connection.Features.Set(arrival);
            switch (planned.Protocol)
            {
                // 2
                case ListenerProtocol.Passthrough:
                    await passthrough.CarryAsync(planned, connection, ShortPatience).ConfigureAwait(false);
                    break;
                // 3
                case ListenerProtocol.Https:
                    handed = entrances.TryHand(HandoffEndPoint.Tls, connection);
                    break;
                // 4
                default:
                    using (var patience = new CancellationTokenSource(Patience, time))
                        handed = await Http2Preface.IsNextAsync(connection.Transport.Input, patience.Token).ConfigureAwait(false) switch
                        {
                            true => entrances.TryHand(HandoffEndPoint.Http2, connection),
                            false => entrances.TryHand(HandoffEndPoint.Http1, connection),
                            null => false,
                        };
                    break;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ConnectionAbortedException or ProtocolViolationException)
        {
            NotGreeted(logger, socket.Planned.Name, connection.RemoteEndPoint, e.Message);
            connection.Abort(new ConnectionAbortedException(e.Message, e));
        }
        finally
        {
            if (!handed)
                await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Listener}: a connection of {Peer} ended before it said anything: {Why}")]
    private static partial void NotGreeted(ILogger logger, string listener, EndPoint? peer, string why);
}
