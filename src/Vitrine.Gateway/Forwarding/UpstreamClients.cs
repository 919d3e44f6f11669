using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Forwarding;

/// <summary>Clients towards backends: one for each way to speak, with connections kept for the next request. What they all leave alone: redirects, cookies, compression, proxies.</summary>
internal sealed class UpstreamClients : IDisposable
{
    private static readonly TimeSpan UsualConnect = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<(UpstreamProtocol, UpstreamTls?, TimeSpan), HttpMessageInvoker> clients = new();

    /// <param name="upstream">whose protocol and TLS are spoken</param>
    /// <param name="connect">until a connection stands; null for five seconds</param>
    public HttpMessageInvoker Of(Upstream upstream, TimeSpan? connect) =>
        clients.GetOrAdd((upstream.Protocol, upstream.Tls, connect ?? UsualConnect), static k => Create(k.Item2, k.Item3));

    public void Dispose()
    {
        foreach (var client in clients.Values)
            client.Dispose();
    }

    private static HttpMessageInvoker Create(UpstreamTls? tls, TimeSpan connect)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = System.Net.DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
            ResponseDrainTimeout = TimeSpan.FromSeconds(2),
            MaxResponseHeadersLength = 64,
            KeepAlivePingDelay = TimeSpan.FromSeconds(60),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            // Bytes of headers pass as they are.
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ConnectCallback = (context, ct) => ConnectAsync(context, connect, ct),
        };
        handler.SslOptions.RemoteCertificateValidationCallback = BackendTrust.For(tls);
        if (tls?.ServerName is { } name)
            handler.SslOptions.TargetHost = name;
        return new HttpMessageInvoker(handler, disposeHandler: true);
    }

    // Hosts that vanish without a word are found by keep-alive probes: 30 s and three of 10 s.
    // The limit is kept here, so that running out of it counts as a refused connection: nothing was sent.
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, TimeSpan limit, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(limit);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            await socket.ConnectAsync(IPEndPoint.TryParse($"{context.DnsEndPoint.Host}:{context.DnsEndPoint.Port}", out var address) ? address : context.DnsEndPoint, patience.Token).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            socket.Dispose();
            throw new SocketException((int)SocketError.TimedOut);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
