using System.Collections.Immutable;
using System.Net;
using k8s.Models;
using Vitrine.Clusters;
using Vitrine.Control.Forecasts;
using Vitrine.Control.Gateways;
using Vitrine.Model.Snapshot;

namespace Vitrine.Manifests;

/// <summary>Services with the addresses a balancer gives them, and the EndpointSlices behind them.</summary>
internal sealed class ServiceDraft(ClusterSpec spec, ImmutableArray<V1Node> nodes)
{
    private readonly Dictionary<IPAddress, string> taken = spec.Nodes.SelectMany(n => n.Parsed.Select(a => (Address: a, Whose: $"node {n.Name}")))
        .Concat(spec.BridgeAddresses.Select(a => (Address: a, Whose: "the node network"))).ToDictionary(t => t.Address, t => t.Whose);

    private readonly Dictionary<string, string> pending = [];
    private readonly List<Service> services = [];
    private readonly List<EndpointSlice> slices = [];

    /// <summary>namespace/name of LoadBalancer Services that get no address, with why.</summary>
    public IReadOnlyDictionary<string, string> Pending => pending;

    /// <summary>A Service with a selector, or with Endpoints or slices that somebody wrote.</summary>
    public void Add(V1Service service, IEnumerable<V1Pod> pods, V1Endpoints? endpoints)
    {
        Add(service);
        var key = $"{service.Metadata.NamespaceProperty}/{service.Metadata.Name}";
        foreach (var slice in ServiceForecast.Slices(service, pods, nodes, endpoints))
        {
            slice.Metadata.Name ??= $"{service.Metadata.Name}-{slices.Count(s => s.ServiceKey == key) + 1}";
            Add(slice);
        }
    }

    /// <summary>The door of Ingresses or of a Gateway.</summary>
    public void Add(V1Service service, GatewayEntry entry)
    {
        Add(service);
        foreach (var slice in entry.Slices(service, nodes.Select(SnapshotReader.Read)))
            Add(slice);
    }

    public void Add(V1EndpointSlice slice)
    {
        if (ServiceReader.Read(slice) is { } read)
            slices.Add(read);
    }

    public ClusterSnapshot Into(ClusterSnapshot snapshot)
    {
        snapshot = snapshot with { Services = services.ToImmutableDictionary(s => s.Key) };
        return slices.Aggregate(snapshot, (all, slice) => all.With(slice));
    }

    private void Add(V1Service service)
    {
        var key = $"{service.Metadata.NamespaceProperty}/{service.Metadata.Name}";
        if (ServiceForecast.Balance(service, spec.Pools, taken) is var (addresses, why))
        {
            if (why is not null)
                pending[key] = why;
            foreach (var address in addresses)
                taken[address] = key;
            service.Status = new V1ServiceStatus { LoadBalancer = new V1LoadBalancerStatus { Ingress = [.. addresses.Select(a => new V1LoadBalancerIngress { Ip = $"{a}", IpMode = "VIP" })] } };
        }
        services.Add(ServiceReader.Read(service));
    }
}
