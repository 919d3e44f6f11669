using System.Diagnostics;
using System.Text;
using System.Text.Json;
using k8s;

namespace Vitrine.Bench.Scale;

/// <summary>
/// The watches of many agents, each with a connection of its own, from now on: what they hear is counted and thrown away, since lists of all would be a
/// hundred gigabytes. Namespaces seldom change, so a change of one is what the lag is measured by.
/// </summary>
internal sealed class Crowd : IDisposable
{
    private const string Marked = "api/v1/namespaces";
    private static readonly string[] s_paths =
    [
        "api/v1/nodes", "api/v1/services", "api/v1/pods", Marked, "apis/discovery.k8s.io/v1/endpointslices", "apis/networking.k8s.io/v1/networkpolicies", "apis/networking.k8s.io/v1/ingresses",
        "apis/networking.k8s.io/v1/ingressclasses", "apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    ];

    private readonly List<Kubernetes> agents = [];
    private readonly CancellationTokenSource stop = new();
    private readonly List<double> lags = [];
    private long bytes, marked;
    private int ended, marks;

    public long Bytes => Interlocked.Read(ref bytes);

    public int Count => agents.Count;

    /// <summary>Watches that ended, which none should.</summary>
    public int Ended => ended;

    public async Task GrowAsync(string kubeconfig, int count)
    {
        while (agents.Count < count)
        {
            var some = Enumerable.Range(0, Math.Min(20, count - agents.Count)).Select(_ => new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig))).ToArray();
            agents.AddRange(some);
            await Task.WhenAll(some.SelectMany(a => s_paths.Select(p => OpenAsync(a, p))));
        }
    }

    /// <summary>A change of a namespace, and how late each agent heard of it, in ms, in order.</summary>
    public async Task<double[]> MarkAsync(Kubernetes api)
    {
        // What says what was there already is no change, and nobody hears of it.
        var number = marks++;
        lock (lags)
            lags.Clear();
        Interlocked.Exchange(ref marked, Stopwatch.GetTimestamp());
        using var content = new StringContent($$$$"""{"metadata":{"annotations":{"bench":"{{{{number}}}}"}}}""", Encoding.UTF8, "application/merge-patch+json");
        using var answer = await api.HttpClient.PatchAsync(new Uri(api.BaseUri, $"{Marked}/shop-{number % Town.Namespaces}"), content);
        answer.EnsureSuccessStatusCode();
        for (var i = 0; i < 500; i++)
        {
            lock (lags)
                if (lags.Count == agents.Count)
                    break;
            await Task.Delay(10);
        }
        lock (lags)
            return [.. lags.Order()];
    }

    public void Dispose()
    {
        stop.Cancel();
        agents.ForEach(a => a.Dispose());
        stop.Dispose();
    }

    private async Task OpenAsync(Kubernetes agent, string path)
    {
        using var list = JsonDocument.Parse(await GetAsync(agent, $"{path}?limit=1"));
        var version = list.RootElement.GetProperty("metadata").GetProperty("resourceVersion").GetString();
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(agent.BaseUri, $"{path}?watch=1&allowWatchBookmarks=true&resourceVersion={version}")) { Version = agent.HttpClient.DefaultRequestVersion, VersionPolicy = agent.HttpClient.DefaultVersionPolicy };
        var answer = await agent.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token);
        answer.EnsureSuccessStatusCode();
        _ = FollowAsync(await answer.Content.ReadAsStreamAsync(stop.Token), path == Marked);
    }

    private static Task<string> GetAsync(Kubernetes agent, string path) => agent.HttpClient.GetStringAsync(new Uri(agent.BaseUri, path));

    private async Task FollowAsync(Stream stream, bool isMarked)
    {
        var buffer = new byte[4096];
        try
        {
            for (int read; (read = await stream.ReadAsync(buffer, stop.Token)) > 0;)
            {
                Interlocked.Add(ref bytes, read);
                if (!isMarked || !buffer.AsSpan(0, read).StartsWith("{\"type\":\"MODIFIED\""u8))
                    continue;
                lock (lags)
                    lags.Add(Stopwatch.GetElapsedTime(Interlocked.Read(ref marked)).TotalMilliseconds);
            }
            Interlocked.Increment(ref ended);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            if (!stop.IsCancellationRequested)
                Interlocked.Increment(ref ended);
        }
    }
}
