using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Admission;
using Vitrine.ApiServer.Audit;
using Vitrine.ApiServer.Auth;
using Vitrine.ApiServer.Definitions;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Queues;
using Vitrine.ApiServer.Quotas;
using Vitrine.ApiServer.Services;
using Vitrine.ApiServer.Store;
using Vitrine.ApiServer.Streaming;
using Vitrine.ApiServer.Tokens;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer;

/// <summary>The running API server; dispose to stop it.</summary>
public sealed class ApiServerHost : IAsyncDisposable
{
    private static readonly TimeSpan s_stopTimeout = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping;
    private readonly ObjectStore _store;
    private readonly EdgeServer _server;
    private readonly KubeletTunnel _tunnel;
    private readonly Task _loops;
    private readonly AuditLog? _audit;

    private ApiServerHost(CancellationTokenSource stopping, ObjectStore store, EdgeServer server, KubeletTunnel tunnel, AuditLog? audit, Task loops)
    {
        _audit = audit;
        _stopping = stopping;
        _store = store;
        _server = server;
        _tunnel = tunnel;
        _loops = loops;
        Addresses = server.Addresses;
    }

    /// <summary>Where it listens; ports given as 0 are the chosen ones.</summary>
    public IReadOnlyList<IPEndPoint> Addresses { get; }

    /// <summary>Opens the store, binds the addresses and serves. Throws <see cref="IOException"/> with a plain message for a port in use or an unusable store.</summary>
    public static Task<ApiServerHost> StartAsync(ApiServerOptions options, ILoggerFactory logs, TimeProvider time, CancellationToken ct) =>
        StartAsync(options, KindList.All, logs, time, ct);

    internal static async Task<ApiServerHost> StartAsync(ApiServerOptions options, IReadOnlyList<Kind> kinds, ILoggerFactory logs, TimeProvider time, CancellationToken ct)
    {
        ILogger logger = logs.CreateLogger("Vitrine.ApiServer");
        AuditLog? audit = options.AuditLogPath is { } path ? AuditLog.Open(path, options.AuditPolicyFile is { } file ? AuditPolicy.Load(file) : AuditPolicy.Everything, logger, time) : null;
        ObjectStore store = ObjectStore.Open(options.DataDirectory, kinds, logger);
        CancellationTokenSource stopping = new();
        KubeletTunnel tunnel = new(options.ClusterCa, options.KubeletClientCertificate);
        EdgeServer server = new(options, new CertificateAuthenticator(options.ClusterCa, time), logs);
        try
        {
            ApiContext api = new(store, kinds, time, logger, stopping.Token) { DefaultTolerationSeconds = options.DefaultTolerationSeconds, Services = options.Services, Listen = options.Listen, Audit = audit };
            api.IssueTokens(new TokenKey(options.TokenKey ?? ECDsa.Create(ECCurve.NamedCurves.nistP256)));
            await InitialNamespaces.CreateAsync(api, ct);
            await SystemPriorityClasses.CreateAsync(api, ct);
            await RoleReconciliation.RunAsync(api, ct);
            RoleAggregationLoop aggregation = new(api);
            await aggregation.SettleAsync(ct);
            await ServiceRepair.ReportAsync(api, ct);
            FlowControlLoop flows = new(api);
            await flows.SettleAsync(ct);
            DefinitionLoop definitions = new(api);
            // Custom kinds are there before the first request is.
            await definitions.StepAsync(ct);
            await server.StartAsync(new ApiEdge(api, new VerbTable(tunnel)), ct);
            ApiServerHost host = new(stopping, store, server, tunnel, audit, Task.WhenAll(new EventExpiryLoop(api).RunAsync(stopping.Token), aggregation.RunAsync(stopping.Token), flows.RunAsync(stopping.Token), new QuotaLoop(api).RunAsync(stopping.Token), definitions.RunAsync(stopping.Token)));
            EdgeLog.Serving(logger, string.Join(", ", host.Addresses), store.Snapshot.Revision);
            return host;
        }
        catch
        {
            await server.DisposeAsync();
            tunnel.Dispose();
            stopping.Dispose();
            await store.DisposeAsync();
            if (audit is not null)
            {
                await audit.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>Ends watches and streams, finishes the requests under way, closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        using (CancellationTokenSource limit = new(s_stopTimeout))
        {
            await _server.StopAsync(limit.Token);
        }

        await _loops;
        await _server.DisposeAsync();
        _tunnel.Dispose();
        await _store.DisposeAsync();
        if (_audit is not null)
        {
            await _audit.DisposeAsync();
        }

        _stopping.Dispose();
    }
}
