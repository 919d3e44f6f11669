using Vitrine.Explaining;
using Vitrine.Model.Explain;

namespace Vitrine.Mapping;

/// <summary>A network namespace as explain reads it.</summary>
/// <param name="Name">pod/NAMESPACE/NAME, node/NAME or host</param>
/// <param name="Links">interfaces, the loopback included</param>
/// <param name="Routes">as `ip route` writes them</param>
/// <param name="Listeners">as "tcp 0.0.0.0:80"; a node's proxies and agents among them</param>
/// <param name="Tables">of nftables</param>
/// <param name="Connections">that it remembers</param>
internal sealed record StationReport(string Name, IReadOnlyList<ReportedLink> Links, IReadOnlyList<string> Routes, IReadOnlyList<string> Listeners, IReadOnlyList<ReportedTable> Tables, int Connections)
{
    /// <summary>Null where there is no such namespace.</summary>
    /// <param name="facts">the cluster</param>
    /// <param name="name">pod/NAMESPACE/NAME, node/NAME or host</param>
    public static StationReport? Read(ClusterFacts facts, string name) => facts.Station(name) is { } station ? Of(station, ReportedTable.Read(facts.Namespace(name)!)) : null;

    private static StationReport Of(Station station, IReadOnlyList<ReportedTable> tables) => new(
        station.Name,
        [.. station.Links.Select(l => new ReportedLink(l.Name, l.Kind, l.Up, l.Mtu, l.Alias, [.. l.Addresses.Select(a => $"{a.Address}/{a.Network.PrefixLength}")]))],
        [.. station.Routes.Select(r => $"{r}")],
        [.. (station.Listeners ?? []).Select(l => $"{l}").Distinct().Order(StringComparer.Ordinal)],
        tables,
        station.Connections?.Used ?? 0);
}

/// <summary>An interface; kind "veth", "vxlan", "bridge"…, null for hardware.</summary>
internal sealed record ReportedLink(string Name, string? Kind, bool Up, int Mtu, string? Alias, IReadOnlyList<string> Addresses);
