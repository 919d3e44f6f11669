using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Vitrine.Clusters;
using Vitrine.Dataplane.Explain;
using Vitrine.Linux.Netns;
using Vitrine.Model.Snapshot;

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
        try
        {
            await using var cluster = await WatchedCluster.OpenAsync(paths.Kubeconfig("admin"), problem => output.WriteLine($"the API server does not answer: {problem}"), time, ct);
            var pod = Pod(cluster.Snapshot);
            using var netns = NetnsHandle.TryOpen(paths.NodePin(pod.NodeName!, "net")) ?? throw new CommandFailure($"node {pod.NodeName} of pod/{podKey} is not up", $"vitrine node start {pod.NodeName} --name {spec.Name}");
            using var flows = FlowWatch.Stand(netns, [.. pod.Addresses.Select(a => new IPNetwork(a, a.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32))], $"pod/{podKey}");
            if (!json)
                output.WriteLine($"following pod/{podKey} ({string.Join(", ", pod.Addresses)}) on {pod.NodeName}; end with Ctrl-C");
            while (true)
            {
                var next = flows.ReadAsync(ct).AsTask();
                await await Task.WhenAny(next, cluster.Watching);
                foreach (var packet in await next)
                    Tell(cluster.Snapshot, pod.NodeName!, packet);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Ctrl-C is how it ends.
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
