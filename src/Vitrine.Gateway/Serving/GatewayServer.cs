using System.Collections.Immutable;
using System.Net.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Vitrine.Gateway.Forwarding;
using Vitrine.Gateway.Forwarding.Http1;
using Vitrine.Gateway.Listening;
using Vitrine.Gateway.Requests;
using Vitrine.Gateway.Telemetry;
using Vitrine.Model.Plans.Gateway;
using Yarp.ReverseProxy.Forwarder;

namespace Vitrine.Gateway.Serving;

/// <summary>
/// The proxy as a whole: plans go in one after another, requests are served.
/// <code>
/// plan ─► ServedPlan ─┬─► ListenerSet ─► ConnectionGreeter ─► Kestrel ─► Courier ─► BackendTries ─► pods
///                     └─────────────── asked by each of them, at each request ───────────┘
/// </code>
/// </summary>
internal sealed class GatewayServer : IAsyncDisposable
{
    private readonly SemaphoreSlim turn = new(1);
    private readonly WebApplication services;
    private readonly IServer server;
    private readonly ListenerSet listeners;
    private readonly UpstreamClients clients = new();
    private readonly ConnectionPools connections;
    private readonly GatewayApplication application;
    private readonly TimeProvider time;
    private ServedPlan current;

    public GatewayServer(GatewayOptions options, Stream accessLog, ILoggerFactory logs, TimeProvider time)
    {
        this.time = time;
        current = ServedPlan.Empty(time);
        var entrances = new HandoffListeners();
        var logger = logs.CreateLogger(typeof(GatewayServer).FullName!);
        var certificates = new CertificateChoice(() => Current, logger);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.Services.AddHttpForwarder();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => Configure(k, certificates));
        builder.Services.AddSingleton<IConnectionListenerFactory>(entrances);
        services = builder.Build();
        server = services.Services.GetRequiredService<IServer>();

        // design: no queue between the kernel and a request; so nothing in a request may block.
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions { UnsafePreferInlineScheduling = true, Backlog = 4096 }), logs);
        listeners = new ListenerSet(transport, new ConnectionGreeter(entrances, new PassthroughTunnel(() => Current, time), logger, time), options.Address, logger);
        AccessLog = new AccessLog(accessLog, options.AccessLogOneIn, time);
        connections = new ConnectionPools(time);
        Health = new HealthProbes(() => Current, clients, time);
        var yarp = new YarpForwarder(services.Services.GetRequiredService<IHttpForwarder>(), clients);
        var tries = new BackendTries(() => Current, new Http1Forwarder(connections, Meter, time), yarp, time);
        application = new GatewayApplication(new Courier(() => Current, tries, Meter, AccessLog, time), new MirrorSender(clients, time));
    }

    public GatewayMeter Meter { get; } = new();

    public AccessLog AccessLog { get; }

    public HealthProbes Health { get; }

    public ServedPlan Current => Volatile.Read(ref current);

    public int Connections => listeners.Open;

    /// <summary>Ready from the first plan on.</summary>
    public bool HasPlan { get; private set; }

    public Task StartAsync(CancellationToken ct) => server.StartAsync(application, ct);

    /// <summary>Serves by this plan from now on. What cannot be done is said, and does not stop the rest.</summary>
    public async Task<ImmutableArray<string>> ApplyAsync(GatewayPlan plan, CancellationToken ct)
    {
        await turn.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            // Rules first: a listener that opens must find its own.
            Volatile.Write(ref current, ServedPlan.Compile(plan, Current, time));
            var failures = await listeners.ApplyAsync(plan.Listeners, ct).ConfigureAwait(false);
            Meter.PlansApplied++;
            Meter.PlanFailures += failures.Length;
            HasPlan = true;
            return failures;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Until cancelled: a port that was taken when its listener came is tried again.</summary>
    public async Task RetryListenersAsync(CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), time, ct).ConfigureAwait(false);
            if (listeners.Missing)
                await ApplyAsync(Current.Index.Plan, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Accepts no more; requests and WebSockets that are under way go on until they end or the token says enough.</summary>
    public async Task DrainAsync(CancellationToken enough)
    {
        await listeners.DisposeAsync().ConfigureAwait(false);
        await server.StopAsync(enough).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await listeners.DisposeAsync().ConfigureAwait(false);
        await services.DisposeAsync().ConfigureAwait(false);
        clients.Dispose();
        connections.Dispose();
        turn.Dispose();
    }

    private static void Configure(KestrelServerOptions kestrel, CertificateChoice certificates)
    {
        ServerLimits.Set(kestrel);
        kestrel.Listen(HandoffEndPoint.Http1, l => l.Protocols = HttpProtocols.Http1);
        kestrel.Listen(HandoffEndPoint.Http2, l => l.Protocols = HttpProtocols.Http2);
        kestrel.Listen(HandoffEndPoint.Tls, l =>
        {
            l.Protocols = HttpProtocols.Http1AndHttp2;
            l.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = certificates.ChooseAsync, HandshakeTimeout = TimeSpan.FromSeconds(10) });
        });
    }
}
