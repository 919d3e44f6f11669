using System.Net;
using System.Net.Sockets;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Explain;

/// <summary>What a plan makes of a namespace that nobody has read: enough to walk on, sizes and sockets not known.</summary>
internal static class PlannedStation
{
    internal static Station? Of(Scene scene, string name)
    {
        var place = new Place(name, null);
        if (place.PodKey is { } key)
            return scene.Snapshot.Pods.TryGetValue(key, out var pod) && pod is { HostNetwork: false, Addresses.IsEmpty: false } ? OfPod(name, pod) : null;
        return place.NodeName is { } node && scene.Plans.TryGetValue(node, out var plan) ? OfNode(scene, name, plan) : null;
    }

    private static Station OfPod(string name, Pod pod) => new(name)
    {
        Links = [new StationLink(2, "eth0", 0) { Kind = "veth", Addresses = [.. pod.Addresses.Select(a => LinkNetwork.Of(a, Bits(a)))] }],
        Routes = [.. pod.Addresses.Select(a => new StationRoute(a.AddressFamily == AddressFamily.InterNetworkV6 ? IPNetwork.Parse("::/0") : IPNetwork.Parse("0.0.0.0/0")) { Device = "eth0" })],
    };

    private static Station OfNode(Scene scene, string name, RoutePlan plan)
    {
        var pods = scene.Snapshot.Pods.Values.Where(p => p.NodeName == plan.NodeName && p is { HostNetwork: false, Finished: false }).ToArray();
        var uplinks = plan.Routes.Where(r => r.Device is not null && !r.OnLink).Select(r => r.Device!).Concat(plan.Tunnels.Select(t => t.Uplink)).DefaultIfEmpty("eth0").Distinct();
        return new Station(name)
        {
            Links =
            [
                .. scene.DnsAddresses.IsEmpty ? Array.Empty<StationLink>() : [new StationLink(1, "lo", 0) { Addresses = [.. scene.DnsAddresses.Concat(scene.Snapshot.Nodes[plan.NodeName].RangeAddresses).Select(a => LinkNetwork.Of(a, Bits(a)))] }],
                .. uplinks.Select((u, i) => new StationLink(i + 2, u, 0)
                {
                    Addresses = [.. plan.NodeAddresses.Where(a => i == 0 && a.Node == plan.NodeName).Select(a => LinkNetwork.Of(a.Address, Bits(a.Address)))],
                }),
                .. plan.Tunnels.Select((t, i) => new StationLink(1000 + i, t.Name, t.Mtu) { Kind = "vxlan", Addresses = [.. t.Addresses.Select(a => LinkNetwork.Of(a, Bits(a)))] }),
                .. pods.Select((p, i) => new StationLink(2000 + i, VethOf(p), 0) { Kind = "veth", Alias = $"vitrine {p.Key}" }),
            ],
            Routes =
            [
                .. plan.Routes.Select(PlannedAs),
                .. pods.SelectMany(p => p.Addresses.Select(a => new StationRoute(new IPNetwork(a, Bits(a))) { Device = VethOf(p) })),
                .. plan.NodeAddresses.Where(a => a.Node != plan.NodeName && a.WithoutNat).Select(a => new StationRoute(new IPNetwork(a.Address, Bits(a.Address))) { Device = uplinks.First() }),
                .. new[] { "0.0.0.0/0", "::/0" }.Select(r => new StationRoute(IPNetwork.Parse(r)) { Device = uplinks.First() }),
            ],
        };
    }

    /// <summary>A planned route as a station's table has it.</summary>
    internal static StationRoute PlannedAs(PlannedRoute route) => new(route.Destination, route.IsUnreachable ? RouteKind.Unreachable : RouteKind.Unicast)
    {
        Device = route.Device, Gateway = route.Gateway, Mtu = route.Mtu, Source = route.Source, OnLink = route.OnLink,
    };

    private static string VethOf(Pod pod) => $"veth-of-{pod.Name}";

    private static int Bits(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;
}
