using k8s.Models;

namespace Vitrine.Control.Endpoints;

/// <summary>Comparison of what slices hold: the models compare by reference only.</summary>
internal static class SliceContent
{
    /// <summary>One text for one set of ports, whatever their order.</summary>
    public static string PortKey(IEnumerable<Discoveryv1EndpointPort>? ports) =>
        string.Join(';', (ports ?? []).Select(p => $"{p.Name}|{p.Protocol}|{p.Port}|{p.AppProtocol}").Order(StringComparer.Ordinal));

    /// <summary>Who an endpoint is: the pod behind it and its address.</summary>
    public static string Identity(V1Endpoint endpoint) => $"{endpoint.TargetRef?.Uid}|{(endpoint.Addresses is { Count: > 0 } all ? all[0] : "")}|{(endpoint.TargetRef is null ? endpoint.Hostname : "")}";

    public static bool Same(V1Endpoint a, V1Endpoint b) =>
        a.Addresses.SequenceEqual(b.Addresses)
        && a.Conditions?.Ready == b.Conditions?.Ready && a.Conditions?.Serving == b.Conditions?.Serving && a.Conditions?.Terminating == b.Conditions?.Terminating
        && (a.Hostname ?? "") == (b.Hostname ?? "") && (a.NodeName ?? "") == (b.NodeName ?? "") && (a.Zone ?? "") == (b.Zone ?? "")
        && a.TargetRef?.Uid == b.TargetRef?.Uid && a.TargetRef?.Name == b.TargetRef?.Name
        && Names(a.Hints?.ForZones?.Select(z => z.Name)).SequenceEqual(Names(b.Hints?.ForZones?.Select(z => z.Name)))
        && Names(a.Hints?.ForNodes?.Select(n => n.Name)).SequenceEqual(Names(b.Hints?.ForNodes?.Select(n => n.Name)));

    public static bool Same(IDictionary<string, string>? a, IDictionary<string, string>? b) =>
        (a?.Count ?? 0) == (b?.Count ?? 0) && (a ?? new Dictionary<string, string>()).All(pair => b!.TryGetValue(pair.Key, out var value) && value == pair.Value);

    private static IEnumerable<string> Names(IEnumerable<string>? names) => names ?? [];
}
