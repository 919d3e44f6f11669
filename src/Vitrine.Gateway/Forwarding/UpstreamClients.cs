using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
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
            ConnectTimeout = connect,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
            ResponseDrainTimeout = TimeSpan.FromSeconds(2),
            MaxResponseHeadersLength = 64,
            KeepAlivePingDelay = TimeSpan.FromSeconds(60),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            // Bytes of headers pass as they are.
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ConnectCallback = ConnectAsync,
        };
        handler.SslOptions.RemoteCertificateValidationCallback = BackendTrust.For(tls);
        if (tls?.ServerName is { } name)
            handler.SslOptions.TargetHost = name;
        return new HttpMessageInvoker(handler, disposeHandler: true);
    }

    // Hosts that vanish without a word are found by keep-alive probes: 30 s and three of 10 s.
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            await socket.ConnectAsync(context.DnsEndPoint, ct).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
