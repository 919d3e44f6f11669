using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using k8s.Models;
using Vitrine.ApiServer.Drafts;
using Vitrine.Clusters;
using Vitrine.Control.Forecasts;
using Vitrine.Control.Gateways;
using Vitrine.Model.Explain;
using Vitrine.Model.Explain.Services;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;

namespace Vitrine.Manifests;

/// <summary>The cluster that a set of manifests would make, once all is quiet and every pod that can be ready is. The same manifests make the same cluster.</summary>
internal sealed class DraftedCluster
{
    private readonly Lazy<Dictionary<(string Kind, string Namespace, string Name), FileObject>> named;

    public DraftedCluster() => named = new(() => Objects!.GroupBy(o => (o.Kind, o.Namespace, o.Name)).ToDictionary(g => g.Key, g => g.First()));

    public required ClusterSpec Spec { get; init; }

    /// <summary>Documents that are no objects.</summary>
    public required IReadOnlyList<Manifest> Unread { get; init; }

    /// <summary>In the order of the files, those that the API server would refuse included.</summary>
    public required IReadOnlyList<FileObject> Objects { get; init; }

    /// <summary>Objects that a later one of the same name replaces, and what kubectl calls both.</summary>
    public required IReadOnlyList<(Manifest Earlier, Manifest Later, string Key)> Repeated { get; init; }

    /// <summary>What a controller would make of an object, and be refused.</summary>
    public required IReadOnlyList<(FileObject Source, DraftObject Refused)> Refused { get; init; }

    public required IReadOnlyList<DraftedPod> Pods { get; init; }

    public required ImmutableArray<WorkloadPods> Workloads { get; init; }

    /// <summary>LoadBalancer Services without an address, with why.</summary>
    public required IReadOnlyDictionary<string, string> Pending { get; init; }

    public required ClusterSnapshot Snapshot { get; init; }

    /// <summary>After it has compiled the snapshot.</summary>
    public required GatewayCompiler Gateway { get; init; }

    public required GatewayPlan Plan { get; init; }

    /// <summary>What is known of the machines without any: no station, but who makes pods, and which of them can never be ready.</summary>
    public Observations Observations => new() { Workloads = Workloads, PodTroubles = Pods.Where(p => p.Trouble is not null).ToImmutableDictionary(p => p.Key, p => p.Trouble!) };

    /// <summary>Objects of a kind that the API server takes, with their typed form.</summary>
    public IEnumerable<(FileObject Object, T Value)> Of<T>(string group, string kind) => Stored(Objects, group, kind).Select(o => (o, ObjectDraft.Read<T>(o.Value)));

    /// <summary>The object of the files of that name, whether it would be taken or not.</summary>
    public FileObject? Find(string kind, string ns, string name) => named.Value.GetValueOrDefault((kind, ns, name));

    /// <param name="manifests">all of the files</param>
    /// <param name="ns">namespace of objects that name none</param>
    /// <param name="nodes">how many</param>
    public static DraftedCluster Of(IReadOnlyList<Manifest> manifests, string ns, int nodes)
    {
        var spec = NodeDraft.Spec(nodes);
        var machines = NodeDraft.Of(spec);
        var objects = new ObjectDraft(spec, ns);
        var services = new ServiceDraft(spec, machines);
        var (api, slice) = ServiceForecast.Api([.. spec.BridgeAddresses.Select(a => new IPEndPoint(a, spec.ApiPort))], spec.ApiServiceAddresses.First());
        if (objects.Make(api).Value is { } apiService)
            services.Add(apiService, [], null);
        services.Add(slice);
        if (objects.Make(ServiceForecast.Dns([.. spec.DnsAddresses])).Value is { } dns)
            services.Add(dns, [], null);
        objects.Add(manifests);
        var namespaces = objects.Namespaces().ToImmutableDictionary(n => n.Name);
        var drafting = new PodDraft(objects, machines);
        var pods = drafting.Make(namespaces);
        var endpoints = Stored(objects.Objects, "", "Endpoints").Select(o => ObjectDraft.Read<V1Endpoints>(o.Value)).ToDictionary(e => $"{e.Metadata.NamespaceProperty}/{e.Metadata.Name}");
        foreach (var service in Stored(objects.Objects, "", "Service").Select(o => ObjectDraft.Read<V1Service>(o.Value)))
            services.Add(service, pods.Select(p => p.Pod), endpoints.GetValueOrDefault($"{service.Metadata.NamespaceProperty}/{service.Metadata.Name}"));
        foreach (var written in Stored(objects.Objects, "discovery.k8s.io", "EndpointSlice"))
            services.Add(ObjectDraft.Read<V1EndpointSlice>(written.Value));
        var snapshot = Routes(objects, services.Into(new ClusterSnapshot
        {
            Nodes = machines.Select(SnapshotReader.Read).ToImmutableDictionary(n => n.Name), Pods = pods.ToImmutableDictionary(p => p.Key, p => SnapshotReader.Read(p.Pod)), Namespaces = namespaces,
        }));
        var gateway = new GatewayCompiler();
        gateway.Compile(snapshot);
        foreach (var entry in (GatewayEntry?[])[GatewayForecast.IngressDoor(snapshot), .. GatewayForecast.Doors(gateway.Gateways)])
            if (entry is not null && objects.Make(entry.Service()).Value is { } door)
                services.Add(door, entry);
        snapshot = Policies(objects, services.Into(snapshot));
        return new DraftedCluster
        {
            Spec = spec, Unread = [.. manifests.Where(m => m.Value is null)], Objects = objects.Objects, Repeated = objects.Repeated, Refused = drafting.Refused, Pods = pods,
            Workloads = drafting.Workloads, Pending = services.Pending, Snapshot = snapshot, Gateway = gateway, Plan = gateway.Compile(snapshot),
        };
    }

    private static IEnumerable<FileObject> Stored(IEnumerable<FileObject> objects, string group, string kind) => objects.Where(o => o.Draft is { Stored: true } && o.Draft.Group == group && o.Kind == kind);

    private static ClusterSnapshot Policies(ObjectDraft objects, ClusterSnapshot snapshot) => snapshot with
    {
        NetworkPolicies = Stored(objects.Objects, "networking.k8s.io", "NetworkPolicy").Select(o => PolicyReader.Read(ObjectDraft.Read<V1NetworkPolicy>(o.Value))).ToImmutableDictionary(p => p.Key),
        ClusterNetworkPolicies = Stored(objects.Objects, "policy.networking.k8s.io", "ClusterNetworkPolicy").Select(o => ClusterPolicyReader.Read(JsonDocument.Parse(o.Value.ToJsonString()).RootElement)).ToImmutableDictionary(p => p.Name),
    };

    /// <summary>With what the gateway's plan is made of.</summary>
    private static ClusterSnapshot Routes(ObjectDraft objects, ClusterSnapshot snapshot)
    {
        snapshot = snapshot with
        {
            Ingresses = Stored(objects.Objects, "networking.k8s.io", "Ingress").Select(o => IngressReader.Read(ObjectDraft.Read<V1Ingress>(o.Value))).ToImmutableDictionary(i => i.Key),
            IngressClasses = objects.All("networking.k8s.io", "ingressclasses").Select(v => IngressReader.Read(ObjectDraft.Read<V1IngressClass>(v))).ToImmutableDictionary(c => c.Name),
            Secrets = Stored(objects.Objects, "", "Secret").Select(o => IngressReader.Read(ObjectDraft.Read<V1Secret>(o.Value))).ToImmutableDictionary(s => s.Key),
            ConfigMaps = Stored(objects.Objects, "", "ConfigMap").Select(o => IngressReader.Read(ObjectDraft.Read<V1ConfigMap>(o.Value))).ToImmutableDictionary(m => m.Key),
        };
        foreach (var resource in GatewayResources.All)
            snapshot = resource.After(snapshot, new WatchChange<GatewayObject>(WatchChangeKind.Replaced, [.. objects.All("gateway.networking.k8s.io", resource.Plural).Select(v => GatewayObject.Read(resource.Kind, JsonDocument.Parse(v.ToJsonString()).RootElement))]));
        return snapshot;
    }
}
