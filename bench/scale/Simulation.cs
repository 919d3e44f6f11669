using System.Net.Http.Headers;
using System.Text;
using k8s;

namespace Vitrine.Bench.Scale;

/// <summary>What goes on in a cluster: nodes renew their leases and report their health, pods become unready and ready again, endpoints change.</summary>
internal sealed class Simulation(Kubernetes api, Town town)
{
    private static readonly MediaTypeHeaderValue s_merge = new("application/merge-patch+json");
    private int written, changed, failed;

    public int Written => written;

    /// <summary>Of these what <see cref="ChurnAsync"/> wrote.</summary>
    public int Changed => changed;

    public int Failed => failed;

    /// <summary>Lease renewals and health reports a second, until cancelled.</summary>
    public Task RestAsync(double leases, double reports, CancellationToken ct) => Task.WhenAll(
        EveryAsync(leases, i => SendAsync(HttpMethod.Patch, $"apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-{i % town.Nodes}", $$$"""{"spec":{"renewTime":"{{{Now()}}}"}}""", s_merge), ct),
        EveryAsync(reports, i => SendAsync(HttpMethod.Patch, $"api/v1/nodes/node-{i % town.Nodes}/status", $$$"""{"status":{"conditions":[{"type":"Ready","status":"True","lastHeartbeatTime":"{{{Now()[..19]}}}Z","lastTransitionTime":"2026-11-27T07:00:00Z","reason":"KubeletHasIt","message":"kubelet says so"}]}}""", s_merge), ct));

    /// <summary>Pods that change their status and slices that change their port, a second, until cancelled.</summary>
    public Task ChurnAsync(double pods, double slices, CancellationToken ct) => Task.WhenAll(
        EveryAsync(pods, i => SendAsync(HttpMethod.Patch, $"api/v1/namespaces/{town.PodNamespace(Pod(i))}/pods/{town.PodName(Pod(i))}/status",
            $$$"""{"status":{"conditions":[{"type":"Initialized","status":"True"},{"type":"Ready","status":"{{{(i % 2 == 0 ? "False" : "True")}}}"},{"type":"PodScheduled","status":"True"}]}}""", s_merge), ct),
        EveryAsync(slices, i => SendAsync(HttpMethod.Patch, $"apis/discovery.k8s.io/v1/namespaces/{town.NamespaceOf(i % town.Services)}/endpointslices/{town.ServiceName(i % town.Services)}-abcde",
            $$$"""{"ports":[{"name":"","port":{{{8081 + i / town.Services % 10}}},"protocol":"TCP"}]}""", s_merge, churn: true), ct));

    private int Pod(int i) => i / 2 * 7919 % town.Pods;

    private static async Task EveryAsync(double perSecond, Func<int, Task> one, CancellationToken ct)
    {
        if (perSecond <= 0)
            return;
        var start = TimeProvider.System.GetTimestamp();
        using var places = new SemaphoreSlim(64);
        try
        {
            for (var i = 0; ; i++)
            {
                var due = TimeSpan.FromSeconds(i / perSecond) - TimeProvider.System.GetElapsedTime(start);
                if (due > TimeSpan.Zero)
                    await Task.Delay(due, ct);
                await places.WaitAsync(ct);
                var number = i;
                _ = Task.Run(async () =>
                {
                    await one(number);
                    places.Release();
                }, CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            // What is under way ends by itself.
            for (var i = 0; i < 64; i++)
                await places.WaitAsync(CancellationToken.None);
        }
    }

    private async Task SendAsync(HttpMethod method, string path, string body, MediaTypeHeaderValue type, bool churn = false)
    {
        using var request = new HttpRequestMessage(method, new Uri(api.BaseUri, path)) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = type } }, Version = api.HttpClient.DefaultRequestVersion };
        try
        {
            using var answer = await api.HttpClient.SendAsync(request);
            Interlocked.Increment(ref answer.IsSuccessStatusCode ? ref written : ref failed);
            if (churn && answer.IsSuccessStatusCode)
                Interlocked.Increment(ref changed);
        }
        catch (HttpRequestException)
        {
            Interlocked.Increment(ref failed);
        }
    }

    private static string Now() => TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ");
}
