using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Model.Watching;

namespace Vitrine.Agent.Node;

/// <summary>This node's object as others write it: labels, taints, what may be used of it.</summary>
internal sealed partial class OwnNode(string name, Kubernetes api, TimeProvider time, ILogger<OwnNode> log)
{
    /// <summary>As last heard; null before that, and while there is none.</summary>
    public V1Node? Current { get; private set; }

    public async Task RunAsync(CancellationToken ct)
    {
        var watch = new ResourceWatch<V1Node>(api, "api/v1/nodes", $"fieldSelector=metadata.name%3D{Uri.EscapeDataString(name)}", time);
        await foreach (var change in watch.RunAsync(LogApi, ct).ConfigureAwait(false))
        {
            Current = change.Kind == WatchChangeKind.Deleted ? null : change.Objects.FirstOrDefault();
        }
    }

    /// <summary>As it is now, for a watch may be behind; as last heard where the API cannot be asked.</summary>
    public async Task<V1Node?> ReadAsync(CancellationToken ct)
    {
        try
        {
            return Current = await api.CoreV1.ReadNodeAsync(name, cancellationToken: ct).ConfigureAwait(false);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is HttpOperationException or HttpRequestException or OperationCanceledException)
        {
            LogApi(e.Message);
            return Current;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "following the node's own object: {Why}")]
    private partial void LogApi(string why);
}
