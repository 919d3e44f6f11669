using System.Collections.Immutable;
using System.Net;
using k8s;
using Vitrine.Attaching;
using Vitrine.Dataplane.Explain;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netns;
using Vitrine.Model.Explain;
using Vitrine.Model.Explain.Services;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Services;
using Vitrine.Model.Snapshot;

namespace Vitrine.Explaining;

/// <summary>
/// A cluster that others run, seen from one of its nodes: the API's objects, each node's plan, and of the kernels this node's alone. What happens on other nodes
/// is as planned.
/// </summary>
internal sealed class AttachedFacts : IFacts
{
    private readonly Kubernetes api;
    private readonly string nodeName;
    private readonly NodePlans compiled;
    private readonly ClusterObjects objects;
    private readonly OpenStations namespaces = new();

    private AttachedFacts(Kubernetes api, string nodeName, string domain, IReadOnlyList<IPAddress> dns, ServiceRules rules, ClusterObjects objects)
    {
        (this.api, this.nodeName, Domain, DnsAddresses, this.objects) = (api, nodeName, domain, dns, objects);
        compiled = new NodePlans(Snapshot, rules);
    }

    public string Domain { get; }

    public IReadOnlyList<IPAddress> DnsAddresses { get; }

    public ClusterSnapshot Snapshot => objects.Snapshot;

    public IReadOnlyList<WorkloadPods> Workloads => objects.Workloads;

    public IReadOnlyList<IPAddress> HostAddresses => [];

    /// <param name="config">how to come to the API</param>
    /// <param name="nodeName">of the node this runs on</param>
    /// <param name="domain">of the cluster</param>
    /// <param name="dns">its DNS addresses; none: those of the Service kube-system/kube-dns</param>
    /// <param name="rules">what its nodes were told about Services</param>
    /// <param name="ct">ends it</param>
    /// <exception cref="CommandFailure">the API does not answer, or does not know the node</exception>
    public static async Task<AttachedFacts> ListAsync(KubernetesClientConfiguration config, string nodeName, string domain, IReadOnlyList<IPAddress> dns, ServiceRules rules, CancellationToken ct)
    {
        var api = ApiAccess.Connect(config);
        try
        {
            var objects = await ClusterObjects.ListAsync(api, ct);
            if (!objects.Snapshot.Nodes.ContainsKey(nodeName))
                throw new CommandFailure($"the cluster at {config.Host} has no node {nodeName}", $"give --node-name; there are {string.Join(", ", objects.Snapshot.Nodes.Keys.Order(StringComparer.Ordinal).Take(10))}");
            return new AttachedFacts(api, nodeName, domain, dns.Count > 0 ? dns : [.. objects.Snapshot.Services.GetValueOrDefault("kube-system/kube-dns")?.ClusterIPs ?? []], rules, objects);
        }
        catch (Exception e) when (e is HttpRequestException or k8s.Autorest.HttpOperationException or CommandFailure)
        {
            api.Dispose();
            throw e as CommandFailure ?? new CommandFailure($"the API server at {config.Host} does not answer: {(e as k8s.Autorest.HttpOperationException)?.Response.Content ?? e.Message}", "check --kubeconfig, and what its user may read");
        }
    }

    public Task<GatewayFacts> GatewayAsync(CancellationToken ct) => GatewayFacts.ListAsync(api, Snapshot, ct);

    /// <summary>A pod's own resolv.conf, where it runs here; what kubelet gives pods, where it does not; the node's, of nodes.</summary>
    public ResolverSettings Resolver(Place asker)
    {
        if (asker.PodKey is not { } key || !Snapshot.Pods.TryGetValue(key, out var pod) || pod.HostNetwork)
            return ResolverSettings.Parse(File.ReadAllText("/etc/resolv.conf"));
        var stations = ImmutableDictionary.CreateBuilder<string, Station>();
        var read = pod.NodeName == nodeName && Own(stations, null) is { } node && Guest(stations, node, key, null) is { } station ? PodFiles.Read(namespaces[station.Name], "/etc/resolv.conf") : null;
        return read is null ? ResolverSettings.ClusterFirst(pod.Namespace, Domain, DnsAddresses) : ResolverSettings.Parse(read);
    }

    public Scene Read(Place source, Place destination, int port)
    {
        var stations = ImmutableDictionary.CreateBuilder<string, Station>();
        var own = Own(stations, destination.Address);
        var links = StationReader.Links(namespaces[Place.Node(nodeName)]);
        var plans = Snapshot.Nodes.Values.Select(n => (n.Name, Plan: compiled.Route(n.Name, () => n.Name == nodeName ? links : LinksOf(n, links)))).Where(p => p.Plan is not null).ToImmutableDictionary(p => p.Name, p => p.Plan!);
        foreach (var pod in new[] { source.PodKey, destination.PodKey }.OfType<string>().Concat(PodsBehind.Of(Snapshot, destination, port)).Distinct())
            if (own is not null && Snapshot.Pods.TryGetValue(pod, out var found) && found is { HostNetwork: false, Finished: false } && found.NodeName == nodeName)
                Guest(stations, own, pod, destination.Address);
        var foreign = own is not null && HasForeignPods(own);
        return new Scene(Snapshot, plans, new Observations { Stations = stations.ToImmutable(), PodTroubles = objects.Troubles, Workloads = objects.Workloads })
        {
            DnsAddresses = own is null || DnsAddresses.Any(own.Holds) ? [.. DnsAddresses] : [],
            Services = compiled.Services(plans.Keys),
            Policies = compiled.Policies(plans.Keys),
            // What connects the pods of one node connects those of all.
            Foreign = foreign ? [.. Snapshot.Nodes.Keys] : [],
        };
    }

    /// <summary>Where somebody else forwards to Services here, the report says who, and by which rule.</summary>
    public ExplainReport Complete(ExplainReport report)
    {
        var service = Snapshot.Services.Values.FirstOrDefault(s => $"service/{s.Key}" == report.Destination || s.ClusterIPs.Any(a => $"{a}" == report.DestinationAddress));
        if (ForeignServices.Find(service?.ClusterIPs is [var address, ..] ? address : null, report.Port ?? 0) is not { } foreign)
            return report;
        return report with
        {
            Forward = [.. report.Forward.Select(Attributed)],
            Reply = [.. report.Reply.Select(Attributed)],
            Others = [.. report.Others, $"Services on node {nodeName} are done by {foreign.Who}, not by Vitrine", .. foreign.Rules],
        };

        ReportedHop Attributed(ReportedHop hop) => hop.Where == Place.Node(nodeName) && hop.Entry?.Contains(ForeignServices.OwnTable, StringComparison.Ordinal) == true
            ? hop with { What = $"{hop.What}; done by {foreign.Who}, not by Vitrine", Entry = foreign.Rules.FirstOrDefault(), Observed = foreign.Rules.Count > 0 } : hop;
    }

    public NetnsHandle? Namespace(string station) => namespaces.Find(station);

    public void Dispose()
    {
        namespaces.Dispose();
        api.Dispose();
    }

    private bool HasForeignPods(Station own) =>
        Snapshot.Pods.Values.Any(p => p.NodeName == nodeName && p is { HostNetwork: false, Finished: false, Terminating: false, Addresses.IsEmpty: false } && !own.Links.Any(l => l.Bears(p.Key)));

    /// <summary>Another node's, as far as its addresses tell: on the link that ours is on.</summary>
    private static NodeLinks LinksOf(Node node, NodeLinks own) => new(
        [.. own.Links.Select(l => l with { Addresses = [.. node.Addresses.SelectMany(a => l.Addresses.Where(o => o.Network.Contains(a)).Take(1).Select(o => new LinkNetwork(a, o.Network)))] }).Where(l => !l.Addresses.IsEmpty)], own.IPv6);

    private Station? Own(ImmutableDictionary<string, Station>.Builder stations, IPAddress? towards) => namespaces.Read(stations, Place.Node(nodeName), towards, () => NetnsHandle.Current());

    private Station? Guest(ImmutableDictionary<string, Station>.Builder stations, Station node, string key, IPAddress? towards) =>
        namespaces.Read(stations, Place.Pod(key), towards, () => PodNetns.Find(node, namespaces[node.Name], Snapshot.Pods[key]));
}
