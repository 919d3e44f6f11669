using System.Collections.Immutable;
using System.Net;
using k8s;
using k8s.Models;
using Vitrine.Clusters;
using Vitrine.Dataplane.Explain;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netns;
using Vitrine.Model.Explain;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;

namespace Vitrine.Explaining;

/// <summary>A cluster of this machine, read for one question: the API's objects, each node's plan, and the namespaces a packet may come through.</summary>
internal sealed class ClusterFacts : IDisposable
{
    private readonly Dictionary<string, NetnsHandle> namespaces = [];

    private ClusterFacts(ClusterSnapshot snapshot, ImmutableDictionary<string, string> troubles) => (Snapshot, Troubles) = (snapshot, troubles);

    public ClusterSnapshot Snapshot { get; }

    public required IReadOnlyList<IPAddress> HostAddresses { get; init; }

    private ImmutableDictionary<string, string> Troubles { get; }

    /// <summary>The API's side. <see cref="Read"/> reads the kernel's.</summary>
    public static async Task<ClusterFacts> ListAsync(ClusterPaths paths, ClusterSpec spec, CancellationToken ct)
    {
        using var api = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(paths.Kubeconfig("admin")));
        try
        {
            var nodes = await api.CoreV1.ListNodeAsync(cancellationToken: ct);
            var pods = await api.CoreV1.ListPodForAllNamespacesAsync(cancellationToken: ct);
            var snapshot = new ClusterSnapshot
            {
                Nodes = nodes.Items.Select(SnapshotReader.Read).ToImmutableDictionary(n => n.Name),
                Pods = pods.Items.Select(SnapshotReader.Read).ToImmutableDictionary(p => p.Key),
            };
            var troubles = pods.Items.Select(p => (Key: $"{p.Metadata.NamespaceProperty}/{p.Metadata.Name}", Says: PodTrouble.Of(p))).Where(t => t.Says is not null).ToImmutableDictionary(t => t.Key, t => t.Says!);
            return new ClusterFacts(snapshot, troubles) { HostAddresses = spec.BridgeAddresses };
        }
        catch (Exception e) when (e is HttpRequestException or k8s.Autorest.HttpOperationException)
        {
            throw new CommandFailure($"the API server of cluster \"{spec.Name}\" does not answer: {e.Message}", $"vitrine status --name {spec.Name} shows its processes");
        }
    }

    /// <summary>Everything a walk between two places may look at, as it is now.</summary>
    public Scene Read(ClusterPaths paths, ClusterSpec spec, Place source, Place destination)
    {
        var stations = ImmutableDictionary.CreateBuilder<string, Station>();
        var plans = ImmutableDictionary.CreateBuilder<string, RoutePlan>();
        var absent = ImmutableHashSet.CreateBuilder<string>();
        Add(stations, Place.Host, destination.Address, () => NetnsHandle.Current());
        foreach (var node in spec.Nodes)
        {
            var station = node.Stopped ? null : Add(stations, Place.Node(node.Name), destination.Address, () => NetnsHandle.TryOpen(paths.NodePin(node.Name, "net")));
            if (station is null)
                absent.Add(node.Name);
            else if (RoutePlan.Compile(Snapshot, node.Name, StationReader.Links(namespaces[station.Name])) is { } plan)
                plans[node.Name] = plan;
        }
        foreach (var key in new[] { source.PodKey, destination.PodKey }.OfType<string>().Distinct())
            if (Snapshot.Pods.TryGetValue(key, out var pod) && pod is { HostNetwork: false, NodeName: { } home } && stations.TryGetValue(Place.Node(home), out var node))
                Add(stations, Place.Pod(key), destination.Address, () => PodNetns.Find(node, namespaces[node.Name], key));
        return new Scene(Snapshot, plans.ToImmutable(), new Observations { Stations = stations.ToImmutable(), AbsentNodes = absent.ToImmutable(), PodTroubles = Troubles });
    }

    /// <summary>Of a station that <see cref="Read"/> has read.</summary>
    public NetnsHandle? Namespace(string station) => namespaces.GetValueOrDefault(station);

    public void Dispose()
    {
        foreach (var netns in namespaces.Values)
            netns.Dispose();
        namespaces.Clear();
    }

    private Station? Add(ImmutableDictionary<string, Station>.Builder stations, string name, IPAddress? towards, Func<NetnsHandle?> open)
    {
        try
        {
            if (!namespaces.TryGetValue(name, out var netns))
            {
                if (open() is not { } opened)
                    return null;
                namespaces[name] = netns = opened;
            }
            return stations[name] = StationReader.Read(name, netns, towards);
        }
        catch (LinuxException)
        {
            // A pin without its mount: the node is down, or going down.
            return null;
        }
    }
}
