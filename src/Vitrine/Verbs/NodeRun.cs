using Microsoft.Extensions.Logging;
using Vitrine.Agent;
using Vitrine.Dataplane;

namespace Vitrine.Verbs;

/// <summary>A node's two parts side by side: the agent, which runs pods, and the data path, which carries their packets.</summary>
internal static class NodeRun
{
    public static async Task<int> RunAsync(NodeAgentOptions options, ILoggerFactory logs, CancellationToken ct)
    {
        var dataplane = new DataplaneOptions { Kubeconfig = options.Kubeconfig, NodeName = options.NodeName };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] both = [NodeAgent.RunAsync(options, logs, TimeProvider.System, stop.Token), DataplaneAgent.RunAsync(dataplane, logs, TimeProvider.System, stop.Token)];
        try
        {
            // A node with half of its agents is not a node: the first that ends, ends both, and the supervisor starts them anew.
            await await Task.WhenAny(both);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Asked to stop: pods keep running, the next agent finds them.
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(both).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return 0;
    }
}
