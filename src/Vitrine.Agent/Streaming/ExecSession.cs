using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Vitrine.Agent.Cri;
using Vitrine.Agent.Pods;

namespace Vitrine.Agent.Streaming;

/// <summary>
/// exec and attach: ask the runtime for a streaming URL, then carry the client's protocol there — SPDY byte for byte,
/// WebSocket by translation, because containerd's own WebSocket cannot say that standard input has ended.
/// </summary>
internal sealed class ExecSession(NodeContext node)
{
    public async Task RunAsync(HttpContext http, PodWorker worker, string container, bool attach)
    {
        var ct = http.RequestAborted;
        var upgrade = http.Features.Get<IHttpUpgradeFeature>();
        if (upgrade is not { IsUpgradableRequest: true })
        {
            throw new KubeletException(400, "Upgrade request required");
        }

        var query = http.Request.Query;
        var streams = new StreamChoice(Flag(query, "stdin", "input"), Flag(query, "stdout", "output"), Flag(query, "stderr", "error"), Flag(query, "tty", "tty"));
        var runtime = await new RuntimePodReader(node.Runtime).ReadAsync(worker.Pod.Metadata.Uid, ct).ConfigureAwait(false);
        if (runtime.Latest(container) is not { State: ContainerState.ContainerRunning } running)
        {
            throw new KubeletException(404, $"container not found (\"{container}\"): it is not running in pod {worker.Pod.Metadata.Name}");
        }

        var url = attach ? await AttachAsync(running.Id, streams, ct).ConfigureAwait(false) : await ExecAsync(running.Id, [.. query["command"].Select(word => word ?? "")], streams, ct).ConfigureAwait(false);
        if (string.Equals(http.Request.Headers.Upgrade.ToString(), "websocket", StringComparison.OrdinalIgnoreCase))
        {
            await WebSocketSession.RunAsync(http, upgrade, new Uri(url), streams, ct).ConfigureAwait(false);
        }
        else
        {
            await SpdyTunnel.RunAsync(http, upgrade, new Uri(url), ct).ConfigureAwait(false);
        }
    }

    private async Task<string> ExecAsync(string id, IReadOnlyList<string> command, StreamChoice streams, CancellationToken ct)
    {
        if (command.Count == 0)
        {
            throw new KubeletException(400, "you must specify at least one command for the container");
        }

        // The runtime refuses stderr beside a terminal.
        var request = new ExecRequest { ContainerId = id, Tty = streams.Tty, Stdin = streams.Stdin, Stdout = streams.Stdout, Stderr = streams.Stderr && !streams.Tty };
        request.Cmd.AddRange(command);
        return (await node.Runtime.Runtime.ExecAsync(request, cancellationToken: ct).ConfigureAwait(false)).Url;
    }

    private async Task<string> AttachAsync(string id, StreamChoice streams, CancellationToken ct) =>
        (await node.Runtime.Runtime.AttachAsync(
            new AttachRequest { ContainerId = id, Tty = streams.Tty, Stdin = streams.Stdin, Stdout = streams.Stdout, Stderr = streams.Stderr && !streams.Tty }, cancellationToken: ct).ConfigureAwait(false)).Url;

    private static bool Flag(IQueryCollection query, string api, string kubelet) => QuerySwitch.IsOn(query, api) || QuerySwitch.IsOn(query, kubelet);
}
