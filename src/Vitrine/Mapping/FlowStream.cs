using System.Text.Json;
using k8s;
using Vitrine.Clusters;
using Vitrine.Dataplane.Explain;
using Vitrine.Explaining;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netns;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;

namespace Vitrine.Mapping;

/// <summary>"flow" events: each connection of any pod as it begins, allowed or dropped and by which policy; lines of `vitrine explain --watch -o json`.</summary>
internal sealed class FlowStream(ClusterPaths paths, ClusterSpec spec, EventStream stream, TimeProvider time)
{
    private readonly FlowTeller teller = new(time);

    public async Task RunAsync(CancellationToken ct)
    {
        using var api = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(paths.Kubeconfig("admin")));
        var watch = new AgentWatch(api, "", _ => { }, time);
        var feed = watch.Subscribe(WatchedKinds.Nodes | WatchedKinds.Services | WatchedKinds.Namespaces | WatchedKinds.AllPods | WatchedKinds.Policies);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watching = watch.RunAsync(stop.Token);
        try
        {
            while (feed.Take() is null)
                await await Task.WhenAny(feed.Signal.Reader.ReadAsync(stop.Token).AsTask(), watching);
            var nodes = feed.Take()!.Value.Snapshot.Nodes.Values;
            await Task.WhenAll(nodes.Select(n => FollowAsync(n, () => feed.Take()!.Value.Snapshot, stop.Token)));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The page is closed.
        }
        finally
        {
            await stop.CancelAsync();
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FollowAsync(Node node, Func<ClusterSnapshot> snapshot, CancellationToken ct)
    {
        if (node.PodCidrs.IsEmpty)
            return;
        try
        {
            using var netns = NetnsHandle.TryOpen(paths.NodePin(node.Name, "net"));
            if (netns is null)
                return;
            using var flows = FlowWatch.Stand(netns, [.. node.PodCidrs], $"map of {spec.Name}");
            while (true)
                foreach (var packet in await flows.ReadAsync(ct))
                    if (teller.Tell(snapshot(), node.Name, packet) is { } line)
                        await stream.SendAsync("flow", JsonSerializer.SerializeToUtf8Bytes(line, LineJson.Default.FlowLine), ct);
        }
        catch (LinuxException)
        {
            // The node went away; its pods are drawn without traffic.
        }
    }
}
