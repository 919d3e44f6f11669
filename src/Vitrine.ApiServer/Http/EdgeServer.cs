using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Vitrine.ApiServer.Auth;

namespace Vitrine.ApiServer.Http;

/// <summary>Kestrel without a host around it: no configuration files, no environment variables, nothing but these listeners.</summary>
internal sealed class EdgeServer : IAsyncDisposable
{
    private readonly WebApplication _services;
    private readonly IServer _server;

    /// <summary>Creates a server that is not yet listening.</summary>
    public EdgeServer(ApiServerOptions options, CertificateAuthenticator authenticator, ILoggerFactory logs)
    {
        // The builder is asked for Kestrel only; the application around it is never started.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options, authenticator));
        _services = builder.Build();
        _server = _services.Services.GetRequiredService<IServer>();
    }

    /// <summary>Where a started server listens, with the ports the kernel chose for 0.</summary>
    public IReadOnlyList<IPEndPoint> Addresses =>
        [.. _server.Features.Get<IServerAddressesFeature>()!.Addresses.Select(static address => IPEndPoint.Parse(new Uri(address).Authority))];

    /// <summary>Throws <see cref="IOException"/> that names the address which is taken.</summary>
    public async Task StartAsync(ApiEdge edge, CancellationToken ct)
    {
        try
        {
            await _server.StartAsync(new EdgeApplication(edge), ct);
        }
        catch (SocketException error)
        {
            throw new IOException($"the API server cannot listen: {error.Message}; choose another address", error);
        }
    }

    public Task StopAsync(CancellationToken ct) => _server.StopAsync(ct);

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static void Configure(KestrelServerOptions kestrel, ApiServerOptions options, CertificateAuthenticator authenticator)
    {
        kestrel.AddServerHeader = false;
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
    }

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
