using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Vitrine.Agent.Cri;
using Vitrine.Agent.Pods;
using Vitrine.Agent.Streaming.Spdy;

namespace Vitrine.Agent.Streaming;

/// <summary>
/// port-forward: containerd makes the connections inside the pod's network, as it makes the pod's processes, so the agent needs no way into
/// namespaces of its own and any runtime will do; what the client speaks — SPDY/3.1 with a pair of streams a connection, straight or
/// inside a WebSocket (KEP-4006) — is carried there byte for byte. The older form with a channel a port is <see cref="PortChannels"/>.
/// </summary>
internal sealed class PortForwardSession(NodeContext node)
{
    private const string Protocol = "portforward.k8s.io";
    private const string Tunneled = "SPDY/3.1+" + Protocol;

    public async Task RunAsync(HttpContext http, PodWorker worker)
    {
        var ct = http.RequestAborted;
        var upgrade = http.Features.Get<IHttpUpgradeFeature>();
        if (upgrade is not { IsUpgradableRequest: true })
        {
            throw new KubeletException(400, "Upgrade request required");
        }

        var webSocket = WebSocketUpgrade.Asked(http);
        var offered = webSocket ? WebSocketUpgrade.Offered(http) : [];
        var tunneled = offered.Contains(Tunneled, StringComparer.Ordinal);
        var channels = webSocket && !tunneled ? ChannelProtocol.ForPorts(offered) : null;
        if (webSocket && !tunneled && channels is null)
        {
            throw new KubeletException(403, $"unable to upgrade: none of the protocols [{string.Join(' ', offered)}] is supported; use {Tunneled} or v4.channel.k8s.io");
        }

        var ports = channels is null ? [] : PortChannels.Ports(http.Request.Query["ports"]);

        var runtime = await new RuntimePodReader(node.Runtime).ReadAsync(worker.Pod.Metadata.Uid, ct).ConfigureAwait(false);
        if (runtime.Sandbox is not { } sandbox)
        {
            throw new KubeletException(404, $"unable to forward ports: pod {worker.Pod.Metadata.Name} is not running");
        }

        var url = new Uri((await node.Runtime.Runtime.PortForwardAsync(new PortForwardRequest { PodSandboxId = sandbox.Id }, cancellationToken: ct).ConfigureAwait(false)).Url);
        if (!webSocket)
        {
            await SpdyTunnel.RunAsync(http, upgrade, url, ct).ConfigureAwait(false);
            return;
        }

        using var connection = await UpgradedConnection.OpenAsync(url, [Protocol], ct).ConfigureAwait(false);
        if (connection.Status != 101)
        {
            throw new KubeletException(connection.Status, $"the container runtime refused the stream with status {connection.Status}");
        }

        if (channels is not null)
        {
            using var talk = await WebSocketUpgrade.AcceptAsync(http, upgrade, channels.Name).ConfigureAwait(false);
            using var spdy = new SpdyConnection(connection.Stream);
            await new PortChannels(new ChannelSocket(talk, channels), spdy, ports).RunAsync(ct).ConfigureAwait(false);
            return;
        }

        using var socket = await WebSocketUpgrade.AcceptAsync(http, upgrade, Tunneled).ConfigureAwait(false);
        await WebSocketTunnel.RunAsync(socket, connection.Rest, connection.Stream, ct).ConfigureAwait(false);
    }
}
