using System.Net;
using System.Net.Sockets;
using Vitrine.Gateway.Serving;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Forwarding;

/// <summary>
/// Asks endpoints how they are, so that no client's request has to find out: those at rest for a connection, before their rest ends; those of an upstream
/// with a health check for its path, always.
/// </summary>
internal sealed class HealthProbes(Func<ServedPlan> current, UpstreamClients clients, TimeProvider time)
{
    /// <summary>Between two looks at who is due.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    /// <summary>Between two tries of an endpoint that took no connection, and for a try or a check.</summary>
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1), Patience = TimeSpan.FromSeconds(2);

    private static readonly ParallelOptions Few = new() { MaxDegreeOfParallelism = 16 };

    /// <summary>Between two health checks of an endpoint.</summary>
    public TimeSpan BetweenChecks { get; init; } = TimeSpan.FromSeconds(5);

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await Parallel.ForEachAsync(Due(), Few, async (due, _) => await AskAsync(due.Upstream, due.Endpoint, ct).ConfigureAwait(false)).ConfigureAwait(false);
            await Task.Delay(Tick, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private (Upstream Upstream, EndpointState Endpoint)[] Due()
    {
        var now = time.GetTimestamp();
        return [.. current().Upstreams.SelectMany(u => u.Endpoints.Where(e => e.IsDue(now, u.Upstream.HealthCheckPath is not null)).Select(e => (u.Upstream, e)))];
    }

    private async Task AskAsync(Upstream upstream, EndpointState endpoint, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        endpoint.Probing(upstream.HealthCheckPath is null ? BetweenTries : BetweenChecks, time);
        try
        {
            if (upstream.HealthCheckPath is { } path)
                endpoint.Checked(await IsWellAsync(upstream, endpoint, path, either.Token).ConfigureAwait(false));
            else
                await ConnectAsync(endpoint.Address, either.Token).ConfigureAwait(false);
            endpoint.Reached();
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException or OperationCanceledException)
        {
            if (ct.IsCancellationRequested)
                return;
            if (upstream.HealthCheckPath is not null)
                endpoint.Checked(false);
            else
                endpoint.StillAway(BetweenTries + Patience, time);
        }
    }

    private async Task<bool> IsWellAsync(Upstream upstream, EndpointState endpoint, string path, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, endpoint.Prefix + path)
        {
            Version = upstream.Protocol == UpstreamProtocol.H2c ? HttpVersion.Version20 : HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TryAddWithoutValidation("User-Agent", "vitrine-gateway-health");
        using var answer = await clients.Of(upstream, Patience, grpc: false).SendAsync(request, ct).ConfigureAwait(false);
        return (int)answer.StatusCode is >= 200 and < 400;
    }

    private static async Task ConnectAsync(IPEndPoint to, CancellationToken ct)
    {
        using var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(to, ct).ConfigureAwait(false);
    }
}
