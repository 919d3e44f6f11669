using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Vitrine.ApiServer.Errors;

namespace Vitrine.ApiServer.Streaming;

/// <summary>TLS connections to node agents: our client certificate, their serving certificate checked against the cluster's CA and the node's address.</summary>
internal sealed class KubeletTunnel : IDisposable
{
    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(10);

    private readonly SslClientAuthenticationOptions _tls;
    private readonly SocketsHttpHandler _handler;

    public KubeletTunnel(X509Certificate2 clusterCa, X509Certificate2 clientCertificate)
    {
        X509ChainPolicy serving = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        serving.CustomTrustStore.Add(clusterCa);
        _tls = new SslClientAuthenticationOptions
        {
            ClientCertificateContext = SslStreamCertificateContext.Create(clientCertificate, null, offline: true),
            // Upgrades exist in HTTP/1.1 only.
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            CertificateChainPolicy = serving,
        };
        _handler = new SocketsHttpHandler { SslOptions = _tls, ConnectTimeout = s_connectTimeout, UseProxy = false, AllowAutoRedirect = false, UseCookies = false };
        Http = new HttpMessageInvoker(_handler, disposeHandler: true);
    }

    /// <summary>For plain requests; connections are kept.</summary>
    public HttpMessageInvoker Http { get; }

    /// <summary>A connection of its own for an upgrade. Throws a 500 that says why the agent cannot be reached.</summary>
    public async Task<SslStream> ConnectAsync(KubeletAddress address, CancellationToken ct)
    {
        Socket socket = new(address.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(s_connectTimeout);
        try
        {
            await socket.ConnectAsync(address.EndPoint, limit.Token);
            SslStream tls = new(new NetworkStream(socket, ownsSocket: true));
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = address.EndPoint.Address.ToString(),
                    ClientCertificateContext = _tls.ClientCertificateContext,
                    ApplicationProtocols = _tls.ApplicationProtocols,
                    CertificateChainPolicy = _tls.CertificateChainPolicy,
                },
                limit.Token);
            return tls;
        }
        catch (Exception error) when (error is SocketException or IOException or AuthenticationException || (error is OperationCanceledException && !ct.IsCancellationRequested))
        {
            socket.Dispose();
            throw Unreachable(address, error);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static ApiException Unreachable(KubeletAddress address, Exception error)
    {
        string why = error is OperationCanceledException ? $"no answer within {s_connectTimeout.TotalSeconds:0} s" : (error.InnerException ?? error).Message;
        return new ApiException(500, "InternalError", $"error dialing backend: the agent of node {address.Node} at https://{address.EndPoint} cannot be reached: {why}");
    }

    public void Dispose() => Http.Dispose();
}
