using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using k8s;
using Vitrine.Clusters;
using Vitrine.Dataplane.Explain;
using Vitrine.Linux.Netns;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;

namespace Vitrine.Explaining;

/// <summary>
/// `vitrine explain --watch pod/x`: each connection to and from a pod as it begins, and what becomes of it at the pod's node, with the policy that decided; where plan
/// and kernel differ the line says so.
/// </summary>
internal sealed class FlowFollower(ClusterPaths paths, ClusterSpec spec, string podKey, bool json, TextWriter output, TimeProvider time)
{
    private readonly FlowTeller teller = new(time);

    /// <summary>Until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var api = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(paths.Kubeconfig("admin")));
        var watch = new AgentWatch(api, "", problem => output.WriteLine($"the API server does not answer: {problem}"), time);
        var feed = watch.Subscribe(WatchedKinds.Nodes | WatchedKinds.Services | WatchedKinds.Namespaces | WatchedKinds.AllPods | WatchedKinds.Policies);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watching = watch.RunAsync(stop.Token);
        try
        {
            while (feed.Take() is null)
                await (await Task.WhenAny(feed.Signal.Reader.ReadAsync(stop.Token).AsTask(), watching));
            var pod = Pod(feed.Take()!.Value.Snapshot);
            using var netns = NetnsHandle.TryOpen(paths.NodePin(pod.NodeName!, "net")) ?? throw new CommandFailure($"node {pod.NodeName} of pod/{podKey} is not up", $"vitrine node start {pod.NodeName} --name {spec.Name}");
            using var flows = FlowWatch.Stand(netns, [.. pod.Addresses.Select(a => new IPNetwork(a, a.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32))], $"pod/{podKey}");
            if (!json)
                output.WriteLine($"following pod/{podKey} ({string.Join(", ", pod.Addresses)}) on {pod.NodeName}; end with Ctrl-C");
            while (true)
            {
                var next = flows.ReadAsync(stop.Token).AsTask();
                await await Task.WhenAny(next, watching);
                foreach (var packet in await next)
                    Tell(feed.Take()!.Value.Snapshot, pod.NodeName!, packet);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Ctrl-C is how it ends.
        }
        finally
        {
            await stop.CancelAsync();
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Pod Pod(ClusterSnapshot snapshot)
    {
        var pod = snapshot.Pods.GetValueOrDefault(podKey) ?? throw new CommandFailure($"there is no pod/{podKey}", $"kubectl get pods -n {podKey.Split('/')[0]}");
        return pod is { NodeName: not null, HostNetwork: false, Addresses.IsEmpty: false } ? pod
            : throw new CommandFailure($"pod/{podKey} has no address of its own", pod.HostNetwork ? "it is on its node's network, which policies do not select" : $"kubectl describe pod {pod.Name} -n {pod.Namespace}");
    }

    private void Tell(ClusterSnapshot snapshot, string node, WatchedPacket packet)
    {
        if (teller.Tell(snapshot, node, packet) is not { } line)
            return;
        output.WriteLine(json ? JsonSerializer.Serialize(line, LineJson.Default.FlowLine) : line.Text());
        output.Flush();
    }
}
