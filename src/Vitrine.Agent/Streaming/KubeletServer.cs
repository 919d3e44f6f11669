using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Vitrine.Agent.Streaming;

/// <summary>Kestrel at the node's address: TLS, HTTP/1.1 (upgrades exist in no other), the API server's client certificate required.</summary>
internal sealed class KubeletServer : IAsyncDisposable
{
    private readonly WebApplication services;
    private readonly IServer server;
    private readonly KubeletRoutes routes;

    public KubeletServer(NodeAgentOptions options, KubeletRoutes routes, ILoggerFactory logs, TimeProvider time)
    {
        this.routes = routes;
        var clients = new KubeletClients(options.ClusterCa, time);
        // The builder is asked for Kestrel only; the application around it is never started.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // A followed log may be read as slowly as a person reads.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxRequestLineSize = 256 << 10;
            kestrel.Limits.MaxRequestHeadersTotalSize = 320 << 10;
            kestrel.Limits.MaxRequestBodySize = 0;
            foreach (var address in options.NodeAddresses)
            {
                kestrel.Listen(new IPEndPoint(address, options.KubeletPort), listen =>
                {
                    listen.Protocols = HttpProtocols.Http1;
                    listen.UseHttps(new HttpsConnectionAdapterOptions
                    {
                        ServerCertificate = options.ServingCertificate,
                        ClientCertificateMode = ClientCertificateMode.RequireCertificate,
                        ClientCertificateValidation = (certificate, _, _) => clients.Allows(certificate),
                        SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    });
                });
            }
        });
        services = builder.Build();
        server = services.Services.GetRequiredService<IServer>();
    }

    /// <exception cref="IOException">The port is taken.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await server.StartAsync(new KubeletApplication(routes), ct).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw new IOException($"the kubelet API cannot listen: {e.Message}; free the port or choose another", e);
        }

        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, ct).ConfigureAwait(false);
        }
        finally
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            await server.StopAsync(limit.Token).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
