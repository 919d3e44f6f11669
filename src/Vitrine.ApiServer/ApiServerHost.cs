using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Vitrine.ApiServer.Admission;
using Vitrine.ApiServer.Auth;
using Vitrine.ApiServer.Definitions;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;
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

    private ApiServerHost(CancellationTokenSource stopping, ObjectStore store, EdgeServer server, KubeletTunnel tunnel, Task loops)
    {
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
        ObjectStore store = ObjectStore.Open(options.DataDirectory, kinds, logger);
        CancellationTokenSource stopping = new();
        KubeletTunnel tunnel = new(options.ClusterCa, options.KubeletClientCertificate);
        EdgeServer server = new(options, new CertificateAuthenticator(options.ClusterCa, time), logs);
        try
        {
            ApiContext api = new(store, kinds, time, logger, stopping.Token) { DefaultTolerationSeconds = options.DefaultTolerationSeconds, Services = options.Services };
            api.IssueTokens(new TokenKey(options.TokenKey ?? ECDsa.Create(ECCurve.NamedCurves.nistP256)));
            await InitialNamespaces.CreateAsync(api, ct);
            await SystemPriorityClasses.CreateAsync(api, ct);
            await ServiceRepair.ReportAsync(api, ct);
            DefinitionLoop definitions = new(api);
            // Custom kinds are there before the first request is.
            await definitions.StepAsync(ct);
            await server.StartAsync(new ApiEdge(api, new VerbTable(tunnel)), ct);
            ApiServerHost host = new(stopping, store, server, tunnel, Task.WhenAll(new EventExpiryLoop(api).RunAsync(stopping.Token), definitions.RunAsync(stopping.Token)));
            EdgeLog.Serving(logger, string.Join(", ", host.Addresses), store.Snapshot.Revision);
            return host;
        }
        catch
        {
            await server.DisposeAsync();
            tunnel.Dispose();
            stopping.Dispose();
            await store.DisposeAsync();
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
        _stopping.Dispose();
    }
}
