using Microsoft.Extensions.Logging;

namespace Vitrine.Agent;

/// <summary>The node agent: containerd's keeper, the pods' driver, the kubelet API.</summary>
public static class NodeAgent
{
    /// <summary>Runs until cancelled; pods keep running afterwards.</summary>
    public static Task RunAsync(NodeAgentOptions options, ILoggerFactory logs, TimeProvider time, CancellationToken ct) => Task.CompletedTask;
}
