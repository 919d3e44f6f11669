using System.Collections.Immutable;
using Vitrine.Model.Explain.Services;

namespace Vitrine.Model.Explain;

/// <summary>A packet of somebody we know nothing about: it shows up at the destination's node.</summary>
internal static class FromOutside
{
    internal static Leg Enter(Scene scene, Question question, Packet packet, Redirects redirects)
    {
        var pod = question.Destination.PodKey is { } key ? scene.Snapshot.Pods.GetValueOrDefault(key) : scene.PodAt(packet.Destination);
        var node = question.Destination.NodeName ?? pod?.NodeName;
        var first = new Hop("outside", $"{question.Source.Object} is not in the cluster; its way to the node is not known", question.Source.Object, null) { Observed = false };
        if (node is null || scene.Station(Place.Node(node)) is not { } station)
            return new Leg([first], Verdict.LeavesCluster, "neither end is in the cluster");
        var uplink = station.Links.FirstOrDefault(l => l.Addresses.Any(a => scene.Snapshot.Nodes.TryGetValue(node, out var n) && n.Addresses.Contains(a.Address)));
        var rest = new Wayfarer(scene, [], redirects).Go(station, packet, uplink);
        return rest with { Hops = rest.Hops.Insert(0, first) };
    }
}
