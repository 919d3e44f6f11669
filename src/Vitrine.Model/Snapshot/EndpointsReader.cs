using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using k8s;
using k8s.Models;

namespace Vitrine.Model.Snapshot;

/// <summary>v1 Endpoints, for an API without EndpointSlices: one slice for each subset and address family.</summary>
public static class EndpointsReader
{
    public static ServedEndpoints Read(JsonElement value)
    {
        var endpoints = KubernetesJson.Deserialize<V1Endpoints>(value);
        return new ServedEndpoints(endpoints.Metadata.NamespaceProperty, endpoints.Metadata.Name, [.. Read(endpoints)]);
    }

    public static IEnumerable<EndpointSlice> Read(V1Endpoints endpoints)
    {
        foreach (var (index, subset) in (endpoints.Subsets ?? []).Index())
            foreach (var family in new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 })
            {
                var all = (subset.Addresses ?? []).Select(a => Read(a, true)).Concat((subset.NotReadyAddresses ?? []).Select(a => Read(a, false))).OfType<Endpoint>().Where(e => e.Address.AddressFamily == family);
                var slice = new EndpointSlice
                {
                    Namespace = endpoints.Metadata.NamespaceProperty,
                    Name = $"{endpoints.Metadata.Name}-{index}-{(family == AddressFamily.InterNetworkV6 ? "ipv6" : "ipv4")}",
                    ServiceName = endpoints.Metadata.Name,
                    Family = family,
                    Ports = [.. (subset.Ports ?? []).Select(p => new EndpointPort(p.Name ?? "", p.Protocol ?? "TCP", p.Port, p.AppProtocol ?? ""))],
                    Endpoints = [.. all],
                };
                if (!slice.Endpoints.IsEmpty)
                    yield return slice;
            }
    }

    private static Endpoint? Read(V1EndpointAddress address, bool ready) => !IPAddress.TryParse(address.Ip, out var ip) ? null : new Endpoint
    {
        Address = ip, Ready = ready, Serving = ready, Hostname = address.Hostname ?? "", NodeName = address.NodeName ?? "",
        Pod = address.TargetRef is { Kind: "Pod" } pod ? $"{pod.NamespaceProperty}/{pod.Name}" : "",
    };
}
