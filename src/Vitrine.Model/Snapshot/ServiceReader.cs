using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using k8s.Models;

namespace Vitrine.Model.Snapshot;

/// <summary>Services and EndpointSlices of the client → the records of a snapshot. What is no address is left out: the API's validation has the word on it.</summary>
public static class ServiceReader
{
    private const string SettingPrefix = "vitrine.dev/";

    public static Service Read(V1Service service)
    {
        var spec = service.Spec;
        var type = spec.Type switch
        {
            "NodePort" => ServiceType.NodePort,
            "LoadBalancer" => ServiceType.LoadBalancer,
            "ExternalName" => ServiceType.ExternalName,
            _ => ServiceType.ClusterIP,
        };
        return new Service
        {
            Namespace = service.Metadata.NamespaceProperty,
            Name = service.Metadata.Name,
            Uid = service.Metadata.Uid,
            Type = type,
            Headless = spec.ClusterIP == "None",
            ClusterIPs = type == ServiceType.ExternalName ? [] : Addresses(spec.ClusterIPs is { Count: > 0 } many ? many : [spec.ClusterIP]),
            ExternalName = type == ServiceType.ExternalName ? spec.ExternalName ?? "" : "",
            Ports = [.. (spec.Ports ?? []).Select(p => new ServicePort(p.Name ?? "", p.Protocol ?? "TCP", p.Port, p.TargetPort?.Value is { Length: > 0 } target ? target : $"{p.Port}", p.NodePort ?? 0, p.AppProtocol ?? ""))],
            Selector = spec.Selector is { } selector ? selector.ToImmutableDictionary() : ImmutableDictionary<string, string>.Empty,
            ExternalIPs = Addresses(spec.ExternalIPs),
            LoadBalancerAddresses = type != ServiceType.LoadBalancer ? [] : Addresses(service.Status?.LoadBalancer?.Ingress?.Where(i => i.IpMode is null or "VIP").Select(i => i.Ip)),
            LoadBalancerSourceRanges = [.. (spec.LoadBalancerSourceRanges ?? []).Select(r => IPNetwork.TryParse(r.Trim(), out var range) ? range : default).Where(r => r != default)],
            InternalLocal = spec.InternalTrafficPolicy == "Local",
            // Of a ClusterIP Service too, for its externalIPs.
            ExternalLocal = spec.ExternalTrafficPolicy == "Local" && (type is ServiceType.NodePort or ServiceType.LoadBalancer || spec.ExternalIPs is { Count: > 0 }),
            HealthCheckNodePort = spec.HealthCheckNodePort ?? 0,
            AffinitySeconds = spec.SessionAffinity == "ClientIP" ? spec.SessionAffinityConfig?.ClientIP?.TimeoutSeconds ?? 10800 : 0,
            PublishNotReadyAddresses = spec.PublishNotReadyAddresses == true,
            TrafficDistribution = spec.TrafficDistribution ?? "",
            LoadBalancerClass = spec.LoadBalancerClass ?? "",
            ProxyName = Label(service.Metadata.Labels, "service.kubernetes.io/service-proxy-name"),
            Labels = service.Metadata.Labels is { } labels ? labels.ToImmutableDictionary() : ImmutableDictionary<string, string>.Empty,
            Settings = (service.Metadata.Annotations ?? ImmutableDictionary<string, string>.Empty).Where(a => a.Key.StartsWith(SettingPrefix, StringComparison.Ordinal))
                .ToImmutableDictionary(a => a.Key[SettingPrefix.Length..], a => a.Value),
        };
    }

    /// <summary>Null for a slice of names instead of addresses.</summary>
    public static EndpointSlice? Read(V1EndpointSlice slice) => slice.AddressType is not ("IPv4" or "IPv6") ? null : new EndpointSlice
    {
        Namespace = slice.Metadata.NamespaceProperty,
        Name = slice.Metadata.Name,
        ServiceName = Label(slice.Metadata.Labels, EndpointSlice.ServiceNameLabel),
        Family = slice.AddressType == "IPv6" ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork,
        Ports = [.. (slice.Ports ?? []).Select(p => new EndpointPort(p.Name ?? "", p.Protocol ?? "TCP", p.Port ?? 0, p.AppProtocol ?? ""))],
        Endpoints = [.. (slice.Endpoints ?? []).Select(Read).OfType<Endpoint>()],
    };

    private static Endpoint? Read(V1Endpoint endpoint) => Addresses(endpoint.Addresses?.Take(1)) is not [var address] ? null : new Endpoint
    {
        Address = address,
        Ready = endpoint.Conditions?.Ready != false,
        Serving = endpoint.Conditions?.Serving ?? endpoint.Conditions?.Ready != false,
        Terminating = endpoint.Conditions?.Terminating == true,
        Hostname = endpoint.Hostname ?? "",
        NodeName = endpoint.NodeName ?? "",
        Zone = endpoint.Zone ?? "",
        Pod = endpoint.TargetRef is { Kind: "Pod" } pod ? $"{pod.NamespaceProperty}/{pod.Name}" : "",
        ZoneHints = [.. (endpoint.Hints?.ForZones ?? []).Select(z => z.Name)],
        NodeHints = [.. (endpoint.Hints?.ForNodes ?? []).Select(n => n.Name)],
    };

    private static ImmutableArray<IPAddress> Addresses(IEnumerable<string?>? texts) =>
        [.. (texts ?? []).Select(t => IPAddress.TryParse(t, out var address) ? address : null).OfType<IPAddress>()];

    private static string Label(IDictionary<string, string>? labels, string name) => labels?.TryGetValue(name, out var value) == true ? value : "";
}
