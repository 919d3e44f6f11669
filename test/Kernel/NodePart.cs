using k8s;
using Vitrine.Model.Watching;

namespace Vitrine.Kernel;

/// <summary>A part of node-1 with a watch of its own on a test's API server.</summary>
internal static class NodePart
{
    /// <summary>Ends with whichever of the two ends first, as on a real node.</summary>
    /// <param name="netns">the part lives in</param>
    /// <param name="apiPort">on 127.0.0.1 of the test's own namespace</param>
    /// <param name="run">the part</param>
    /// <param name="ct">ends both</param>
    public static async Task RunAsync(ThrowAwayNetns netns, int apiPort, Func<AgentWatch, CancellationToken, Task> run, CancellationToken ct)
    {
        using var api = new Kubernetes(new KubernetesClientConfiguration { Host = $"http://127.0.0.1:{apiPort}", AccessToken = "t" });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watch = new AgentWatch(api, "node-1", _ => { }, TimeProvider.System);
        var part = netns.Handle.Run(() => run(watch, stop.Token));
        var watching = watch.RunAsync(stop.Token);
        try
        {
            await await Task.WhenAny(part, watching);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(part, watching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
