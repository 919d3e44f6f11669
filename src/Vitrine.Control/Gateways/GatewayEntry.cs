using System.Net;
using System.Net.Sockets;
using k8s.Models;
using Vitrine.Control.Endpoints;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control.Gateways;

/// <summary>The door clients come in by: a LoadBalancer Service without a selector, and slices that name every node's address with the proxy's ports there.</summary>
/// <param name="Namespace">of the Service</param>
/// <param name="Name">of the Service</param>
/// <param name="Ports">name, clients' port, the proxy's</param>
public sealed record GatewayEntry(string Namespace, string Name, IReadOnlyList<(string Name, int Port, int Target)> Ports)
{
    public const string SliceManager = "gateway.vitrine.dev";

    /// <summary>On Services that are ours to change and to remove.</summary>
    public const string ManagedBy = "app.kubernetes.io/managed-by";

    public const string Manager = "vitrine";

    /// <summary>Besides the one that says it is ours.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>With which the Service goes; null for none.</summary>
    public V1OwnerReference? Owner { get; init; }

    public V1Service Service() => new()
    {
        ApiVersion = "v1",
        Kind = "Service",
        Metadata = new V1ObjectMeta
        {
            Name = Name,
            NamespaceProperty = Namespace,
            Labels = new Dictionary<string, string>(Labels) { [ManagedBy] = Manager },
            Annotations = Annotations.Count == 0 ? null : new Dictionary<string, string>(Annotations),
            OwnerReferences = Owner is null ? null : [Owner],
        },
        Spec = new V1ServiceSpec
        {
            Type = "LoadBalancer",
            // The proxy must see the client's address: the node that is sent to serves by itself.
            ExternalTrafficPolicy = "Local",
            IpFamilyPolicy = "PreferDualStack",
            Ports = [.. Ports.Select(ServicePort)],
        },
    };

    /// <summary>True where ports are other than these, whatever node ports they were given, or a label or annotation is missing.</summary>
    public bool Differs(V1Service there) => !Has(there.Metadata.Labels, Labels) || !Has(there.Metadata.Annotations, Annotations) || !(there.Spec.Ports ?? []).Select(p => (p.Name, p.Port, p.TargetPort?.Value, p.Protocol)).SequenceEqual(Ports.Select(p => (p.Name, p.Port, (string?)$"{p.Target}", "TCP")));

    /// <summary>Writes into a Service that is there what is ours to say; the rest stays as somebody wanted it.</summary>
    public void WriteTo(V1Service there)
    {
        there.Spec.Ports = [.. Ports.Select(p => Keep(ServicePort(p), there))];
        there.Metadata.Labels = With(there.Metadata.Labels, Labels);
        there.Metadata.Annotations = With(there.Metadata.Annotations, Annotations);
    }

    private static V1ServicePort Keep(V1ServicePort wanted, V1Service there)
    {
        wanted.NodePort = there.Spec.Ports?.FirstOrDefault(p => p.Port == wanted.Port && p.Protocol == "TCP")?.NodePort;
        return wanted;
    }

    private static bool Has(IDictionary<string, string>? there, IReadOnlyDictionary<string, string> wanted) => wanted.All(w => there is not null && there.TryGetValue(w.Key, out var value) && value == w.Value);

    private static Dictionary<string, string>? With(IDictionary<string, string>? there, IReadOnlyDictionary<string, string> wanted)
    {
        var all = new Dictionary<string, string>(there ?? new Dictionary<string, string>());
        foreach (var (name, value) in wanted)
        {
            all[name] = value;
        }

        return all.Count == 0 ? null : all;
    }

    public V1ServicePort ServicePort((string Name, int Port, int Target) port) => new() { Name = port.Name, Port = port.Port, TargetPort = port.Target, Protocol = "TCP" };

    /// <summary>One slice per family that the Service has.</summary>
    public IEnumerable<V1EndpointSlice> Slices(V1Service service, IEnumerable<Node> nodes)
    {
        Node[] all = [.. nodes.OrderBy(n => n.Name, StringComparer.Ordinal)];
        foreach (var family in service.Spec.IpFamilies ?? ["IPv4"])
        {
            var wanted = family == "IPv6" ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
            yield return new V1EndpointSlice
            {
                ApiVersion = "discovery.k8s.io/v1",
                Kind = "EndpointSlice",
                Metadata = new V1ObjectMeta
                {
                    Name = $"{Name}-{(family == "IPv6" ? "ipv6" : "ipv4")}",
                    NamespaceProperty = Namespace,
                    Labels = new Dictionary<string, string> { [EndpointLabels.ServiceName] = Name, [EndpointLabels.ManagedBy] = SliceManager },
                    OwnerReferences = [new V1OwnerReference { ApiVersion = "v1", Kind = "Service", Name = Name, Uid = service.Metadata.Uid, Controller = true, BlockOwnerDeletion = true }],
                },
                AddressType = family,
                Ports = [.. Ports.Select(p => new Discoveryv1EndpointPort { Name = p.Name, Port = p.Target, Protocol = "TCP" })],
                Endpoints = [.. all.Select(n => (Node: n, Address: n.Addresses.FirstOrDefault(a => a.AddressFamily == wanted))).Where(n => n.Address is not null).Select(n => Endpoint(n.Node, n.Address!))],
            };
        }
    }

    public static bool Same(V1EndpointSlice there, V1EndpointSlice wanted) =>
        SliceContent.PortKey(there.Ports) == SliceContent.PortKey(wanted.Ports) && (there.Endpoints ?? []).Count == wanted.Endpoints.Count
        && (there.Endpoints ?? []).Zip(wanted.Endpoints).All(p => SliceContent.Same(p.First, p.Second)) && SliceContent.Same(there.Metadata.Labels, wanted.Metadata.Labels);

    private static V1Endpoint Endpoint(Node node, IPAddress address) => new()
    {
        Addresses = [$"{address}"],
        Conditions = new V1EndpointConditions { Ready = node.Ready, Serving = node.Ready, Terminating = false },
        NodeName = node.Name,
    };
}
