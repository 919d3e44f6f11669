using System.Net;
using System.Net.Sockets;
using k8s.Models;
using Vitrine.Control.Endpoints;

namespace Vitrine.Control.Services;

/// <summary>The Service "kubernetes" and what belongs to it.</summary>
/// <param name="Listen">where the API server listens</param>
/// <param name="ClusterIP">first address of the first Service range</param>
internal sealed record ApiService(IReadOnlyList<IPEndPoint> Listen, IPAddress ClusterIP)
{
    public const string Name = "kubernetes";
    public const string Namespace = "default";
    private const int Port = 443;

    private IEnumerable<IPEndPoint> Own => Listen.Where(e => e.AddressFamily == ClusterIP.AddressFamily);

    public V1Service Service() => new()
    {
        ApiVersion = "v1",
        Kind = "Service",
        Metadata = new V1ObjectMeta { Name = Name, NamespaceProperty = Namespace, Labels = new Dictionary<string, string> { ["component"] = "apiserver", ["provider"] = "kubernetes" } },
        Spec = new V1ServiceSpec
        {
            Type = "ClusterIP",
            ClusterIP = $"{ClusterIP}",
            IpFamilyPolicy = "SingleStack",
            IpFamilies = [ClusterIP.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4"],
            SessionAffinity = "None",
            Ports = [new V1ServicePort { Name = "https", Port = Port, Protocol = "TCP", TargetPort = Own.First().Port }],
        },
    };

    // Their slice is made here, not mirrored.
    public V1Endpoints Endpoints() => new()
    {
        ApiVersion = "v1",
        Kind = "Endpoints",
        Metadata = new V1ObjectMeta { Name = Name, NamespaceProperty = Namespace, Labels = new Dictionary<string, string> { [EndpointLabels.SkipMirror] = "true" } },
        Subsets = [new V1EndpointSubset { Addresses = [.. Own.Select(e => new V1EndpointAddress { Ip = $"{e.Address}" })], Ports = [new Corev1EndpointPort { Name = "https", Port = Own.First().Port, Protocol = "TCP" }] }],
    };

    public V1EndpointSlice Slice() => new()
    {
        ApiVersion = "discovery.k8s.io/v1",
        Kind = "EndpointSlice",
        Metadata = new V1ObjectMeta { Name = Name, NamespaceProperty = Namespace, Labels = new Dictionary<string, string> { [EndpointLabels.ServiceName] = Name } },
        AddressType = ClusterIP.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4",
        Ports = [new Discoveryv1EndpointPort { Name = "https", Port = Own.First().Port, Protocol = "TCP" }],
        Endpoints = [.. Own.Select(e => new V1Endpoint { Addresses = [$"{e.Address}"], Conditions = new V1EndpointConditions { Ready = true } })],
    };
}
