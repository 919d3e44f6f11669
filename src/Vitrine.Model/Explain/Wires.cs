using System.Net;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Explain;

/// <summary>Which interface is at the other end.</summary>
internal static class Wires
{
    internal readonly record struct End(Station Station, StationLink Link);

    /// <summary>From a node into the pod that a veth leads to.</summary>
    internal static End? Pod(Scene scene, Station node, StationLink link, IPAddress to)
    {
        if (new Place(node.Name, null).NodeName is not { } name)
            return null;
        // Most veths lead to the pod the packet is for.
        foreach (var pod in new[] { scene.PodAt(to) }.OfType<Pod>().Concat(scene.Snapshot.Pods.Values).Where(p => p.NodeName == name && p is { HostNetwork: false, Finished: false }))
        {
            if (scene.Station(Place.Pod(pod.Key)) is not { } station)
                continue;
            var end = station.Observed && node.Observed
                ? station.Links.FirstOrDefault(l => l.Kind == "veth" && l.PeerIndex == link.Index && link.PeerIndex == l.Index)
                : link.Bears(pod.Key) || (!node.Observed && string.IsNullOrEmpty(link.Alias) && pod.Addresses.Contains(to)) ? station.Links.FirstOrDefault(l => l.Kind == "veth") : null;
            if (end is not null)
                return new End(station, end);
        }
        return null;
    }

    /// <summary>From a pod to its node.</summary>
    internal static End? Node(Scene scene, Station pod, StationLink link)
    {
        if (new Place(pod.Name, null).PodKey is not { } key || !scene.Snapshot.Pods.TryGetValue(key, out var found) || found.NodeName is null || scene.Station(Place.Node(found.NodeName)) is not { } node)
            return null;
        var end = pod.Observed && node.Observed
            ? node.Links.FirstOrDefault(l => l.Kind == "veth" && l.Index == link.PeerIndex && l.PeerIndex == link.Index)
            : node.Links.FirstOrDefault(l => l.Bears(key));
        return end is null ? null : new End(node, end);
    }

    /// <summary>On a link that several share: whoever holds the address there.</summary>
    internal static End? OnLink(Scene scene, Station station, StationLink link, IPAddress next)
    {
        foreach (var other in scene.Neighbours.Where(s => s.Name != station.Name))
            foreach (var end in other.Links.Where(l => l.Kind != "vxlan"))
                if (end.Addresses.Any(a => a.Address.Equals(next) && (!station.Observed || !other.Observed || link.Addresses.Any(o => o.Network.Equals(a.Network)))))
                    return new End(other, end);
        return null;
    }

    /// <summary>The node that answers for a load balancer's address on a link: its plan says so, and it has an address in the network there.</summary>
    internal static End? Announcer(Scene scene, StationLink link, IPAddress next) =>
        scene.Services.Where(s => s.Value.Announced.Contains(next)).Select(s => scene.Station(Place.Node(s.Key))).OfType<Station>()
            .SelectMany(s => s.Links.Where(l => l.Addresses.Any(a => a.Network.Contains(next) && link.Addresses.Any(o => o.Network.Equals(a.Network)))).Select(l => (End?)new End(s, l))).FirstOrDefault();
}
