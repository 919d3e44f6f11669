using System.Net;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Vitrine.ApiServer.Auth;

namespace Vitrine.ApiServer.Http;

/// <summary>Kestrel without a host around it: no configuration files, no environment variables, nothing but these listeners.</summary>
internal static class EdgeServer
{
    /// <summary>Creates a server that is not yet listening.</summary>
    public static KestrelServer Create(ApiServerOptions options, CertificateAuthenticator authenticator, ILoggerFactory logs)
    {
        KestrelServerOptions kestrel = new()
        {
            AddServerHeader = false,
            ApplicationServices = new ServiceCollection().AddSingleton(logs).BuildServiceProvider(),
        };
        Limit(kestrel.Limits);
        foreach (IPEndPoint address in options.Listen)
        {
            kestrel.Listen(address, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(new HttpsConnectionAdapterOptions
                {
                    ServerCertificate = options.ServingCertificate,
                    ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                    // A certificate that is not ours must reach the request, to be answered with 401 instead of a broken handshake.
                    ClientCertificateValidation = static (_, _, _) => true,
                    SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                });
                listen.Use(next => connection => IdentifyAsync(connection, authenticator, next));
            });
        }

        SocketTransportFactory sockets = new(Options.Create(new SocketTransportOptions()), logs);
        return new KestrelServer(Options.Create(kestrel), sockets, logs);
    }

    /// <summary>Where a started server listens, with the ports the kernel chose for 0.</summary>
    public static IReadOnlyList<IPEndPoint> Addresses(KestrelServer server) =>
        [.. server.Features.Get<IServerAddressesFeature>()!.Addresses.Select(static address => IPEndPoint.Parse(new Uri(address).Authority))];

    // The user is worked out once per connection: building a certificate chain per request costs more than the request.
    private static Task IdentifyAsync(ConnectionContext connection, CertificateAuthenticator authenticator, ConnectionDelegate next)
    {
        connection.Items[ApiEdge.UserItem] = authenticator.Identify(connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate);
        return next(connection);
    }

    private static void Limit(KestrelServerLimits limits)
    {
        // Bodies are bounded where they are read, with a Status for an answer.
        limits.MaxRequestBodySize = null;
        // Watches are slow by nature; a reader that stalls falls behind its window and gets 410.
        limits.MinResponseDataRate = null;
        // exec commands and selectors travel in the query.
        limits.MaxRequestLineSize = 256 << 10;
        limits.MaxRequestHeadersTotalSize = 320 << 10;
        limits.Http2.MaxRequestHeaderFieldSize = 256 << 10;
        limits.Http2.MaxStreamsPerConnection = 1000;
        limits.Http2.InitialConnectionWindowSize = 8 << 20;
        limits.Http2.InitialStreamWindowSize = 1 << 20;
    }
}
