using Vitrine.Model.Explain;

namespace Vitrine.Mapping;

/// <summary>A network namespace as explain reads it.</summary>
/// <param name="Name">pod/NAMESPACE/NAME, node/NAME or host</param>
/// <param name="Links">interfaces, the loopback included</param>
/// <param name="Routes">as `ip route` writes them</param>
/// <param name="Listeners">as "tcp 0.0.0.0:80"; a node's proxies and agents among them</param>
internal sealed record StationReport(string Name, IReadOnlyList<ReportedLink> Links, IReadOnlyList<string> Routes, IReadOnlyList<string> Listeners)
{
    public static StationReport Of(Station station) => new(
        station.Name,
        [.. station.Links.Select(l => new ReportedLink(l.Name, l.Kind, l.Up, l.Mtu, l.Alias, [.. l.Addresses.Select(a => $"{a.Address}/{a.Network.PrefixLength}")]))],
        [.. station.Routes.Select(r => $"{r}")],
        [.. (station.Listeners ?? []).Select(l => $"{l}").Distinct().Order(StringComparer.Ordinal)]);
}

/// <summary>An interface; kind "veth", "vxlan", "bridge"…, null for hardware.</summary>
internal sealed record ReportedLink(string Name, string? Kind, bool Up, int Mtu, string? Alias, IReadOnlyList<string> Addresses);
