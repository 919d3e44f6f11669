using System.Net;
using System.Net.Sockets;
using Vitrine.Cni.Config;
using Vitrine.Linux.Nft;

namespace Vitrine.Cni.Firewall;

/// <summary>
/// The table <c>vitrine-hostports</c>: a port of the host leads to a port of a pod. One element per mapping in flat maps; the rules never change.
/// Only what is addressed to the host itself is looked up, so a pod cannot draw traffic that merely passes (CVE-2025-67499).
/// </summary>
/// <remarks>
/// 127.0.0.1 works by route_localnet on the link to the pod and masquerading. That setting alone would open the host's loopback to whoever
/// is on that link (CVE-2020-8558): the guard drops loopback addresses that come from outside, before anything is rewritten.
/// IPv6 has no such setting: [::1] is left alone, so that a client which tries it first is refused and goes on to 127.0.0.1.
/// What a pod sends to itself by a host port, or on a bridge to its neighbour, is masqueraded: the answer must come back by the host.
/// </remarks>
internal static class HostPortTable
{
    private const string Map = "hostports";
    private static readonly NftTable Table = new(NftFamily.Inet, "vitrine-hostports");

    /// <summary>(protocol, port), for every address of the host.</summary>
    internal static readonly NftSet Any4 = new(Table, "any4", [NftType.Protocol, NftType.Port]) { Value = [NftType.Ip4Address, NftType.Port] };
    internal static readonly NftSet Any6 = new(Table, "any6", [NftType.Protocol, NftType.Port]) { Value = [NftType.Ip6Address, NftType.Port] };

    /// <summary>(protocol, address of the host, port).</summary>
    internal static readonly NftSet One4 = new(Table, "one4", [NftType.Protocol, NftType.Ip4Address, NftType.Port]) { Value = [NftType.Ip4Address, NftType.Port] };
    internal static readonly NftSet One6 = new(Table, "one6", [NftType.Protocol, NftType.Ip6Address, NftType.Port]) { Value = [NftType.Ip6Address, NftType.Port] };

    /// <summary>(pod, pod): a pod that calls itself.</summary>
    internal static readonly NftSet Hairpin4 = new(Table, "hairpin4", [NftType.Ip4Address, NftType.Ip4Address]);
    internal static readonly NftSet Hairpin6 = new(Table, "hairpin6", [NftType.Ip6Address, NftType.Ip6Address]);

    /// <summary>(bridge, bridge): a pod that calls its neighbour, who would answer past the host.</summary>
    internal static readonly NftSet Bridges = new(Table, "bridges", [NftType.InterfaceName, NftType.InterfaceName]);

    internal static readonly NftSet[] Maps = [Any4, Any6, One4, One6];

    internal static NftTableSpec Spec()
    {
        NftChain Chain(string name, NftHook hook, string type, int priority) => new(Table, name) { Hook = hook, Type = type, Priority = priority };
        NftRule Rule(string chain, string? comment = null) => new(Table, chain) { Comment = comment };
        var loopback = IPNetwork.Parse("127.0.0.0/8");
        var lo = NftValue.InterfaceName("lo");
        return new NftTableSpec(Table)
        {
            Sets = [.. Maps, Hairpin4, Hairpin6, Bridges],
            Chains =
            [
                Chain("guard", NftHook.Prerouting, "filter", NftPriority.Raw),
                Chain("prerouting", NftHook.Prerouting, "nat", NftPriority.DestinationNat), Chain("output", NftHook.Output, "nat", NftPriority.DestinationNat),
                Chain("postrouting", NftHook.Postrouting, "nat", NftPriority.SourceNat), new NftChain(Table, Map),
            ],
            Rules =
            [
                Rule("guard", "loopback from outside").Is(NftField.InInterface, lo, not: true).In(NftField.Ip4Destination, loopback).Count().Drop(),
                Rule("guard", "loopback from outside").Is(NftField.InInterface, lo, not: true).In(NftField.Ip4Source, loopback).Count().Drop(),
                Rule("prerouting").ToThisHost().Jump(Map),
                Rule("output", "no pod answers to ::1").Is(NftField.Ip6Destination, IPAddress.IPv6Loopback).Accept(),
                Rule("output").ToThisHost().Jump(Map),
                Rule(Map).DestinationNatFrom(One4.Name, NftFamily.Ip, port: true, NftField.L4Protocol, NftField.Ip4Destination, NftField.DestinationPort),
                Rule(Map).Is(NftField.NfProto, NftValue.Byte(2)).DestinationNatFrom(Any4.Name, NftFamily.Ip, port: true, NftField.L4Protocol, NftField.DestinationPort),
                Rule(Map).DestinationNatFrom(One6.Name, NftFamily.Ip6, port: true, NftField.L4Protocol, NftField.Ip6Destination, NftField.DestinationPort),
                Rule(Map).Is(NftField.NfProto, NftValue.Byte(10)).DestinationNatFrom(Any6.Name, NftFamily.Ip6, port: true, NftField.L4Protocol, NftField.DestinationPort),
                Rule("postrouting", "the host itself by 127.0.0.1").CtStatusDnat().In(NftField.Ip4Source, loopback).Is(NftField.OutInterface, lo, not: true).Masquerade(),
                Rule("postrouting", "a pod to itself").CtStatusDnat().In(Hairpin4.Name, NftField.Ip4Source, NftField.Ip4Destination).Masquerade(),
                Rule("postrouting", "a pod to itself").CtStatusDnat().In(Hairpin6.Name, NftField.Ip6Source, NftField.Ip6Destination).Masquerade(),
                Rule("postrouting", "pods on one bridge").CtStatusDnat().In(Bridges.Name, NftField.InInterface, NftField.OutInterface).Masquerade(),
            ],
        };
    }

    /// <summary>All elements of a pod: its mappings and its hairpin. A bridge's entry is for all pods on it: it names none of them, and so nobody takes it away.</summary>
    internal static IEnumerable<(NftSet Set, NftElement Element)> Elements(PublishedPod pod)
    {
        var comment = pod.Owner.ToString();
        foreach (var entry in pod.Mappings.SelectMany(m => Elements(m, pod.Addresses, comment)))
            yield return entry;
        foreach (var address in pod.Addresses)
            yield return (address.AddressFamily == AddressFamily.InterNetworkV6 ? Hairpin6 : Hairpin4, NftElement.Of(address, address) with { Comment = comment });
        if (pod.Bridge is not null && NftValue.InterfaceName(pod.Bridge) is var bridge)
            yield return (Bridges, NftElement.Of(bridge, bridge) with { Comment = "bridge" });
    }

    /// <summary>The elements of one mapping: of each family it covers and the pod has an address of.</summary>
    internal static IEnumerable<(NftSet Map, NftElement Element)> Elements(PortMapping mapping, IEnumerable<IPAddress> pod, string comment)
    {
        foreach (var address in pod.DistinctBy(a => a.AddressFamily).Where(a => mapping.Covers(a.AddressFamily)))
        {
            var v6 = address.AddressFamily == AddressFamily.InterNetworkV6;
            var (protocol, port) = (NftValue.Protocol(mapping.Protocol), NftValue.Port(mapping.HostPort));
            var element = mapping.IsWildcard ? NftElement.Of(protocol, port) : NftElement.Of(protocol, mapping.HostAddress!, port);
            yield return (mapping.IsWildcard ? v6 ? Any6 : Any4 : v6 ? One6 : One4,
                element.To(address, NftValue.Port(mapping.ContainerPort)) with { Comment = comment });
        }
    }
}
