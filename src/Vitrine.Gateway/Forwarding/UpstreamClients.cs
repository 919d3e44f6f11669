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
    private readonly ConcurrentDictionary<(bool Tls, bool Grpc, UpstreamTls? Policy, TimeSpan? Connect), HttpMessageInvoker> clients = new();

    /// <param name="upstream">whose protocol and TLS are spoken</param>
    /// <param name="connect">until a connection stands; null for five seconds</param>
    /// <param name="grpc">the request is gRPC's</param>
    public HttpMessageInvoker Of(Upstream upstream, TimeSpan? connect, bool grpc)
    {
        var tls = upstream.Protocol == UpstreamProtocol.Https;
        return clients.GetOrAdd((tls, tls && grpc, upstream.Tls, connect), static k => Create(k.Tls, k.Grpc, k.Policy, k.Connect));
    }

    public void Dispose()
    {
        foreach (var client in clients.Values)
            client.Dispose();
    }

    private static HttpMessageInvoker Create(bool tls, bool grpc, UpstreamTls? policy, TimeSpan? connect)
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

    private static ValueTask<Stream> ConnectAsync(DnsEndPoint to, TimeSpan? limit, SslClientAuthenticationOptions? tls, CancellationToken ct) =>
        BackendSocket.ConnectAsync<Stream>(
            new IPEndPoint(IPAddress.Parse(to.Host), to.Port), limit, async (socket, patience) =>
            {
                var stream = new NetworkStream(socket, ownsSocket: true);
                if (tls is null)
                    return stream;
                var secure = new SslStream(stream, leaveInnerStreamOpen: false);
                await secure.AuthenticateAsClientAsync(tls, patience).ConfigureAwait(false);
                return secure;
            },
            ct);
}
