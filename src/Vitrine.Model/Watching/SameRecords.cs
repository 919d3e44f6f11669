using System.Collections.Immutable;
using Vitrine.Model.Plans.Policies;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Watching;

/// <summary>
/// Whether an object says what it said before, as far as a node's plans go. Of five thousand nodes twenty a second report their health: who compiled anew for
/// each would never rest.
/// </summary>
internal static class SameRecords
{
    public static bool Same(Node a, Node b) =>
        a.Uid == b.Uid && a.Ready == b.Ready && a.Addresses.SequenceEqual(b.Addresses) && a.PodCidrs.SequenceEqual(b.PodCidrs) && Party.Same(a.Labels, b.Labels);

    public static bool Same(Namespace a, Namespace b) => a.Uid == b.Uid && a.Terminating == b.Terminating && Party.Same(a.Labels, b.Labels);

    public static bool Same(Pod a, Pod b) =>
        a.Uid == b.Uid && a.RuntimeUid == b.RuntimeUid && a.NodeName == b.NodeName && a.Terminating == b.Terminating && a.Phase == b.Phase && a.Ready == b.Ready && a.Owner == b.Owner
        && a.HostNetwork == b.HostNetwork && a.ClusterDns == b.ClusterDns && a.Created == b.Created && a.Addresses.SequenceEqual(b.Addresses) && a.Ports.SequenceEqual(b.Ports) && Party.Same(a.Labels, b.Labels);

    public static bool Same(Service a, Service b) =>
        a.ClusterIPs.SequenceEqual(b.ClusterIPs) && a.Ports.SequenceEqual(b.Ports) && a.ExternalIPs.SequenceEqual(b.ExternalIPs) && a.LoadBalancerAddresses.SequenceEqual(b.LoadBalancerAddresses)
        && a.LoadBalancerSourceRanges.SequenceEqual(b.LoadBalancerSourceRanges) && Party.Same(a.Selector, b.Selector) && Party.Same(a.Labels, b.Labels) && Party.Same(a.Settings, b.Settings)
        // All else are plain values, which a record compares itself.
        && a == b with
        {
            ClusterIPs = a.ClusterIPs, Ports = a.Ports, ExternalIPs = a.ExternalIPs, LoadBalancerAddresses = a.LoadBalancerAddresses, LoadBalancerSourceRanges = a.LoadBalancerSourceRanges,
            Selector = a.Selector, Labels = a.Labels, Settings = a.Settings,
        };

    public static bool Same(EndpointSlice a, EndpointSlice b) =>
        a.ServiceName == b.ServiceName && a.Family == b.Family && a.Ports.SequenceEqual(b.Ports) && a.Endpoints.Length == b.Endpoints.Length && a.Endpoints.Zip(b.Endpoints).All(p => Same(p.First, p.Second));

    private static bool Same(Endpoint a, Endpoint b) =>
        a.ZoneHints.SequenceEqual(b.ZoneHints) && a.NodeHints.SequenceEqual(b.NodeHints) && a == b with { ZoneHints = a.ZoneHints, NodeHints = a.NodeHints };
}
