using System.Collections.Immutable;
using System.Net;
using k8s;
using k8s.Models;
using Vitrine.Clusters;
using Vitrine.Dataplane.Explain;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netns;
using Vitrine.Model.Explain;
using Vitrine.Model.Explain.Services;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;
using Vitrine.Verbs;

namespace Vitrine.Explaining;

/// <summary>A cluster of this machine, read for one question, or for several at one moment: the API's objects, each node's plan, and the namespaces a packet may come through.</summary>
internal sealed class ClusterFacts : IFacts
{
    private readonly OpenStations namespaces = new();
    private readonly ClusterPaths paths;
    private readonly ClusterObjects objects;
    private readonly OneMoment? moment;
    private readonly NodePlans compiled;

    private ClusterFacts(ClusterPaths paths, ClusterSpec spec, ClusterObjects objects, NodePlans compiled, OneMoment? moment) =>
        (this.paths, Spec, this.objects, this.compiled, this.moment) = (paths, spec, objects, compiled, moment);

    private ClusterSpec Spec { get; }

    public string Domain => Spec.Dns.Domain;

    public IReadOnlyList<IPAddress> DnsAddresses => [.. Spec.DnsAddresses];

    public ClusterSnapshot Snapshot => objects.Snapshot;

    public IReadOnlyList<WorkloadPods> Workloads => objects.Workloads;

    public IReadOnlyList<IPAddress> HostAddresses => Spec.BridgeAddresses;

    /// <summary>The API's side. <see cref="Read"/> reads the kernel's.</summary>
    /// <param name="paths">of the cluster</param>
    /// <param name="spec">likewise</param>
    /// <param name="ct">ends it</param>
    /// <param name="moment">of the objects; null for now</param>
    public static async Task<ClusterFacts> ListAsync(ClusterPaths paths, ClusterSpec spec, CancellationToken ct, OneMoment? moment = null)
    {
        using var api = Client(paths, moment);
        try
        {
            var objects = await ClusterObjects.ListAsync(api, ct);
            return new ClusterFacts(paths, spec, objects, new NodePlans(objects.Snapshot, ServiceVerbOptions.Of(spec)), moment);
        }
        catch (Exception e) when (e is HttpRequestException or k8s.Autorest.HttpOperationException)
        {
            throw new CommandFailure($"the API server of cluster \"{spec.Name}\" does not answer: {e.Message}", $"vitrine status --name {spec.Name} shows its processes");
        }
    }

    public async Task<GatewayFacts> GatewayAsync(CancellationToken ct)
    {
        using var api = Client(paths, moment);
        return await GatewayFacts.ListAsync(api, Snapshot, ct);
    }

    /// <summary>The same objects and plans for another question, after this one; namespaces are read anew.</summary>
    public ClusterFacts Again() => new(paths, Spec, objects, compiled, moment);

    /// <summary>How whoever asks resolves names: a pod's own resolv.conf, where it runs; what Kubernetes gives pods, where it does not; the machine's, of nodes and the host.</summary>
    public ResolverSettings Resolver(Place asker)
    {
        if (asker.PodKey is not { } key || !Snapshot.Pods.TryGetValue(key, out var pod) || pod.HostNetwork)
            return ResolverSettings.Parse(File.ReadAllText("/etc/resolv.conf"));
        var read = Station(Place.Pod(key)) is { } station ? PodFiles.Read(namespaces[station.Name], "/etc/resolv.conf") : null;
        return read is null ? ResolverSettings.ClusterFirst(pod.Namespace, Spec.Dns.Domain, Spec.DnsAddresses) : ResolverSettings.Parse(read);
    }

    /// <summary>One namespace as it is now, and no plan of anything; null where there is none.</summary>
    /// <param name="name">pod/NAMESPACE/NAME, node/NAME or host</param>
    public Station? Station(string name)
    {
        var stations = ImmutableDictionary.CreateBuilder<string, Station>();
        var place = new Place(name, null);
        if (place.PodKey is { } key)
            return Snapshot.Pods.TryGetValue(key, out var pod) && pod is { HostNetwork: false, NodeName: { } home } && Node(home) is { } host
                ? namespaces.Read(stations, name, null, () => PodNetns.Find(host, namespaces[host.Name], pod)) : null;
        return place.NodeName is { } node ? Node(node) : name == Place.Host ? namespaces.Read(stations, name, null, () => NetnsHandle.Current()) : null;

        Station? Node(string called) => namespaces.Read(stations, Place.Node(called), null, () => NetnsHandle.TryOpen(paths.NodePin(called, "net")));
    }

    public Scene Read(Place source, Place destination, int port)
    {
        var stations = ImmutableDictionary.CreateBuilder<string, Station>();
        var plans = ImmutableDictionary.CreateBuilder<string, RoutePlan>();
        var absent = ImmutableHashSet.CreateBuilder<string>();
        namespaces.Read(stations, Place.Host, destination.Address, () => NetnsHandle.Current());
        foreach (var node in Spec.Nodes)
        {
            var station = node.Stopped ? null : namespaces.Read(stations, Place.Node(node.Name), destination.Address, () => NetnsHandle.TryOpen(paths.NodePin(node.Name, "net")));
            if (station is null)
                absent.Add(node.Name);
            else if (compiled.Route(node.Name, () => StationReader.Links(namespaces[station.Name])) is { } plan)
                plans[node.Name] = plan;
        }
        foreach (var key in new[] { source.PodKey, destination.PodKey }.Concat(PodsBehind.Of(Snapshot, destination, port)).OfType<string>().Distinct())
            if (Snapshot.Pods.TryGetValue(key, out var pod) && pod is { HostNetwork: false, NodeName: { } home } && stations.TryGetValue(Place.Node(home), out var node))
                namespaces.Read(stations, Place.Pod(key), destination.Address, () => PodNetns.Find(node, namespaces[node.Name], pod));
        return new Scene(Snapshot, plans.ToImmutable(), new Observations { Stations = stations.ToImmutable(), AbsentNodes = absent.ToImmutable(), PodTroubles = objects.Troubles, Workloads = objects.Workloads })
        {
            DnsAddresses = [.. DnsAddresses], Services = compiled.Services(plans.Keys), Policies = compiled.Policies(plans.Keys),
        };
    }

    private static Kubernetes Client(ClusterPaths paths, OneMoment? moment) =>
        moment?.Client(paths.Kubeconfig("admin")) ?? new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(paths.Kubeconfig("admin")));

    public NetnsHandle? Namespace(string station) => namespaces.Find(station);

    public void Dispose() => namespaces.Dispose();
}
