using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using k8s;
using k8s.Models;
using Vitrine.Model.Plans.Policies;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Watching;

/// <summary>
/// JSON of the API → of each object what the plans of a node are made of, and no more: of pods and slices, of which a cluster has most, straight from the
/// JSON, without the client's object in between.
/// </summary>
public sealed class LeanReader
{
    private const string MirrorAnnotation = "kubernetes.io/config.mirror", HostLabel = "kubernetes.io/hostname", ZoneLabel = "topology.kubernetes.io/zone";
    private readonly SharedValues shared = new();

    /// <summary>A pod as network and policies see it, without what is only for the scheduler.</summary>
    public Pod Pod(JsonElement pod)
    {
        var (metadata, spec, status) = (pod.Part("metadata"), pod.Part("spec"), pod.Part("status"));
        var (uid, phase, dns, host) = (metadata.Text("uid"), status.Text("phase"), spec.Text("dnsPolicy"), spec.Flag("hostNetwork"));
        return new Pod
        {
            Namespace = shared.Text(metadata, "namespace"),
            Name = metadata.Text("name"),
            Uid = uid,
            RuntimeUid = metadata.Part("annotations").Text(MirrorAnnotation) is { Length: > 0 } mirrored ? mirrored : uid,
            NodeName = shared.Text(spec, "nodeName") is { Length: > 0 } node ? node : null,
            SchedulerName = shared.Text(spec, "schedulerName") is { Length: > 0 } scheduler ? scheduler : "default-scheduler",
            Terminating = metadata.Has("deletionTimestamp"),
            Finished = phase is "Succeeded" or "Failed",
            Requests = default,
            Owner = metadata.Items("ownerReferences").Where(o => o.Flag("controller")).Select(o => shared.Text(o, "uid")).FirstOrDefault(),
            Created = DateTimeOffset.TryParse(metadata.Text("creationTimestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var created) ? created : default,
            Labels = shared.Map(metadata.Part("labels")),
            Phase = phase.Length > 0 ? shared.Text(phase) : "Pending",
            Ready = status.Items("conditions").Any(c => c.Text("type") == "Ready" && c.Text("status") == "True"),
            HostNetwork = host,
            ClusterDns = !spec.Has("dnsConfig") && (dns == "ClusterFirstWithHostNet" || (dns is "" or "ClusterFirst" && !host)),
            Addresses = Addresses(status.Items("podIPs").Select(p => p.Text("ip"))),
            Ports = shared.Ports([.. spec.Items("containers").Concat(spec.Items("initContainers").Where(c => c.Text("restartPolicy") == "Always")).SelectMany(c => c.Items("ports").Select(p => new PodPort(
                shared.Text(c, "name"), shared.Text(p, "name"), (int)(p.Number("containerPort") ?? 0), shared.Text(p, "protocol") is { Length: > 0 } protocol ? protocol : "TCP", (int)(p.Number("hostPort") ?? 0), IPAddress.TryParse(p.Text("hostIP"), out var at) ? at : null)))]),
        };
    }

    /// <summary>A slice of discovery.k8s.io/v1 or v1beta1; one of names instead of addresses is a slice of no Service.</summary>
    public EndpointSlice Slice(JsonElement slice)
    {
        var (metadata, type) = (slice.Part("metadata"), slice.Text("addressType"));
        return new EndpointSlice
        {
            Namespace = shared.Text(metadata, "namespace"),
            Name = metadata.Text("name"),
            ServiceName = type is "IPv4" or "IPv6" ? metadata.Part("labels").Text(EndpointSlice.ServiceNameLabel) : "",
            Family = type == "IPv6" ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork,
            Ports = [.. slice.Items("ports").Select(p => new EndpointPort(
                shared.Text(p, "name"), shared.Text(p, "protocol") is { Length: > 0 } protocol ? protocol : "TCP", (int)(p.Number("port") ?? 0), shared.Text(p, "appProtocol")))],
            Endpoints = [.. slice.Items("endpoints").Select(Endpoint).OfType<Endpoint>()],
        };
    }

    public static Service Service(JsonElement service) => Service(KubernetesJson.Deserialize<V1Service>(service));

    /// <summary>Of ten thousand Services only what the plans of a node are made of: whom they select is the endpoint controller's business.</summary>
    public static Service Service(V1Service service) => ServiceReader.Read(service) is var read && StandIns.IsOne(read) ? read
        : read with { Selector = ImmutableDictionary<string, string>.Empty, Labels = ImmutableDictionary<string, string>.Empty };

    /// <summary>A node as network and policies see it: room for pods, taints and the like are the scheduler's.</summary>
    public Node Node(JsonElement node) => SnapshotReader.Read(KubernetesJson.Deserialize<V1Node>(node)) with
    {
        Labels = shared.Map(node.Part("metadata").Part("labels")), Taints = [], Allocatable = default, Pods = 0, Unschedulable = false,
    };

    public static Namespace Namespace(JsonElement value) => SnapshotReader.Read(KubernetesJson.Deserialize<V1Namespace>(value));

    private Endpoint? Endpoint(JsonElement endpoint)
    {
        if (Addresses(endpoint.Texts("addresses").Take(1)) is not [var address])
            return null;
        var (conditions, topology, target, hints) = (endpoint.Part("conditions"), endpoint.Part("topology"), endpoint.Part("targetRef"), endpoint.Part("hints"));
        var ready = conditions.Part("ready").ValueKind != JsonValueKind.False;
        return new Endpoint
        {
            Address = address,
            Ready = ready,
            Serving = conditions.Part("serving").ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => ready },
            Terminating = conditions.Flag("terminating"),
            Hostname = endpoint.Text("hostname"),
            // v1beta1 says both in topology.
            NodeName = shared.Text(endpoint, "nodeName") is { Length: > 0 } node ? node : shared.Text(topology, HostLabel),
            Zone = shared.Text(endpoint, "zone") is { Length: > 0 } zone ? zone : shared.Text(topology, ZoneLabel),
            Pod = target.Text("kind") == "Pod" ? $"{target.Text("namespace")}/{target.Text("name")}" : "",
            ZoneHints = [.. hints.Items("forZones").Select(z => shared.Text(z, "name"))],
            NodeHints = [.. hints.Items("forNodes").Select(n => shared.Text(n, "name"))],
        };
    }

    private static ImmutableArray<IPAddress> Addresses(IEnumerable<string> texts) => [.. texts.Select(t => IPAddress.TryParse(t, out var address) ? address : null).OfType<IPAddress>()];
}
