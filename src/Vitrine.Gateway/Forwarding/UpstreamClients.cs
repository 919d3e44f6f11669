using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Forwarding;

/// <summary>
/// Clients towards backends: one for each way to speak, with connections kept for the next request. What they all leave alone: redirects, cookies,
/// compression, proxies. TLS is ours, because HttpClient asks for the name in the Host header, and a policy may want another; only gRPC, whose HTTP/2 must say
/// that its scheme is https, has HttpClient's.
/// </summary>
internal sealed class UpstreamClients : IDisposable
{
    private static readonly TimeSpan UsualConnect = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<(bool Tls, bool Grpc, UpstreamTls? Policy, TimeSpan Connect), HttpMessageInvoker> clients = new();

    /// <param name="upstream">whose protocol and TLS are spoken</param>
    /// <param name="connect">until a connection stands; null for five seconds</param>
    /// <param name="grpc">the request is gRPC's</param>
    public HttpMessageInvoker Of(Upstream upstream, TimeSpan? connect, bool grpc)
    {
        var tls = upstream.Protocol == UpstreamProtocol.Https;
        return clients.GetOrAdd((tls, tls && grpc, upstream.Tls, connect ?? UsualConnect), static k => Create(k.Tls, k.Grpc, k.Policy, k.Connect));
    }

    public void Dispose()
    {
        foreach (var client in clients.Values)
            client.Dispose();
    }

    private static HttpMessageInvoker Create(bool tls, bool grpc, UpstreamTls? policy, TimeSpan connect)
    {
        var trust = BackendTrust.For(policy);
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
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
            SslOptions = { RemoteCertificateValidationCallback = trust },
            ConnectCallback = (context, ct) => ConnectAsync(context.DnsEndPoint, connect, tls && !grpc ? new SslClientAuthenticationOptions
            {
                TargetHost = policy?.ServerName ?? "",
                ApplicationProtocols = [SslApplicationProtocol.Http11],
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                RemoteCertificateValidationCallback = trust,
            } : null, ct),
        };
        return new HttpMessageInvoker(handler, disposeHandler: true);
    }

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint to, TimeSpan limit, SslClientAuthenticationOptions? tls, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(limit);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            KeepAlive(socket);
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(to.Host), to.Port), patience.Token).ConfigureAwait(false);
            var stream = new NetworkStream(socket, ownsSocket: true);
            if (tls is null)
                return stream;
            var secure = new SslStream(stream, leaveInnerStreamOpen: false);
            await secure.AuthenticateAsClientAsync(tls, patience.Token).ConfigureAwait(false);
            return secure;
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (ct.IsCancellationRequested || e is not (SocketException or IOException or AuthenticationException or OperationCanceledException))
                throw;
            throw new ConnectFailure($"{to.Host}:{to.Port}: {e.Message}", e is OperationCanceledException or SocketException { SocketErrorCode: SocketError.TimedOut }, e);
        }
    }

    // Hosts that vanish without a word are found by keep-alive probes: 30 s and three of 10 s.
    private static void KeepAlive(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
    }
}
