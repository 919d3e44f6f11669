using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Vitrine.Gateway.Telemetry;

/// <summary>/healthz, /readyz and /metrics at a port of their own: of the gateway, which no client reaches by its listeners, and of a node's agent beside a kubelet.</summary>
public sealed class StatusServer : IHttpApplication<DefaultHttpContext>, IAsyncDisposable
{
    private readonly WebApplication services;
    private readonly IServer server;
    private readonly Func<string?> unready;
    private readonly Func<string> metrics;

    /// <param name="address">to listen at</param>
    /// <param name="unready">why requests should go elsewhere, or null</param>
    /// <param name="metrics">in Prometheus' text format</param>
    /// <param name="logs">Kestrel's</param>
    public StatusServer(IPEndPoint address, Func<string?> unready, Func<string> metrics, ILoggerFactory logs)
    {
        (this.unready, this.metrics) = (unready, metrics);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k =>
        {
            k.AddServerHeader = false;
            k.Limits.MaxConcurrentConnections = 64;
            k.Listen(address);
        });
        services = builder.Build();
        server = services.Services.GetRequiredService<IServer>();
    }

    /// <summary>Where it listens once started.</summary>
    public IPEndPoint Address => IPEndPoint.Parse(new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First()).Authority);

    public Task StartAsync(CancellationToken ct) => server.StartAsync(this, ct);

    public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures) => new(contextFeatures);

    public void DisposeContext(DefaultHttpContext context, Exception? exception) => context.Uninitialize();

    public Task ProcessRequestAsync(DefaultHttpContext context)
    {
        var (status, text) = context.Request.Path.Value switch
        {
            "/healthz" => (200, "ok\n"),
            "/readyz" => unready() is { } why ? (503, why + "\n") : (200, "ok\n"),
            "/metrics" => (200, metrics()),
            _ => (404, "/healthz, /readyz, /metrics\n"),
        };
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return context.Response.WriteAsync(text);
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
