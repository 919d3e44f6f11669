using System.Net;
using System.Net.Sockets;
using Vitrine.Cni.Config;
using Vitrine.Cni.Wiring;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Nft;

namespace Vitrine.Cni.Firewall;

/// <summary>
/// The table <c>vitrine-antispoof</c>: what comes by a pod's link bears that pod's MAC and IP address, or is dropped. Constant rules over flat sets of
/// (link, MAC, address). In bridge mode it is of the bridge family, where frames between pods and ARP are seen too; routed links hear no ARP at all.
/// </summary>
/// <remarks>
/// Besides its own addresses a pod may use what it needs to come to one: DHCP requests and ARP probes from 0.0.0.0 (RFC 5227), duplicate address
/// detection and multicast reports from :: (RFC 4862, RFC 3810), and the link-local address of its MAC. Router advertisements and redirects are dropped,
/// since a pod is no router (CVE-2020-10749), and so are neighbour advertisements for an address that is another's.
/// </remarks>
internal sealed class AntiSpoofTable(NftFamily family)
{
    private const string Name = "vitrine-antispoof", FromPod = "from-pod";

    // Before connection tracking (-200) and everybody's raw rules (-300).
    private const int Priority = -310;
    private const byte RouterAdvertisement = 134, NeighbourSolicitation = 135, NeighbourAdvertisement = 136, Redirect = 137;
    private const byte ListenerReport = 131, ListenerDone = 132, ListenerReportV2 = 143;
    private const int DhcpServer = 67;
    private static readonly NftTable[] All = [new(NftFamily.Inet, Name), new(NftFamily.Bridge, Name)];
    private readonly NftTable table = new(family, Name);

    // The bridge family tells frames apart by their ethertype, the inet family by what the kernel made of it.
    private NftField Ip4Source => table.Family == NftFamily.Bridge ? NftField.FrameIp4Source : NftField.Ip4Source;

    private NftField Ip6Source => table.Family == NftFamily.Bridge ? NftField.FrameIp6Source : NftField.Ip6Source;

    internal static AntiSpoofTable For(WiringMode mode) => new(mode == WiringMode.Bridge ? NftFamily.Bridge : NftFamily.Inet);

    private NftSet Links => LinksOf(table);

    private NftSet Pairs4 => Pairs4Of(table);

    private NftSet Pairs6 => Pairs6Of(table);

    /// <summary>Lets a pod send as itself, and only so. <paramref name="others"/> are asked for when the table has to be made (again).</summary>
    internal void Admit(NftSocket nft, SpoofSubject pod, Func<IEnumerable<SpoofSubject>> others) =>
        NftTables.Add(nft, Spec, batch => Write(batch, [pod]), batch => Write(batch, others()));

    /// <summary>Makes the table when it is missing; leaves it alone when it is there.</summary>
    internal void Restore(NftSocket nft, IReadOnlyList<SpoofSubject> pods)
    {
        if (pods.Count > 0)
            NftTables.Add(nft, Spec, batch => Write(batch, pods), _ => { });
    }

    /// <summary>What a pod should have and has not, in words; null when all is there.</summary>
    internal string? Missing(NftSocket nft, SpoofSubject pod)
    {
        foreach (var (set, wanted) in Entries([pod]))
        {
            var held = NftTables.Elements(nft, set).Select(e => e.Key).ToHashSet();
            if (wanted.Exists(e => !held.Contains(e.Key)))
                return $"entry for {pod.Owner.Link} in set {set.Name} of nftables table {table}";
        }
        return null;
    }

    /// <summary>Removes the entries of one network's links that are gone.</summary>
    internal static void Sweep(NftSocket nft, string network, Func<string, bool> linkExists)
    {
        foreach (var table in All)
            NftTables.Change(() =>
            {
                var batch = nft.Batch();
                foreach (var set in (NftSet[])[LinksOf(table), Pairs4Of(table), Pairs6Of(table)])
                {
                    var stale = NftTables.Elements(nft, set)
                        .Where(e => EntryOwner.Parse(e.Comment) is { } owner && owner.Network == network && !linkExists(owner.Link)).ToList();
                    if (stale.Count > 0)
                        batch.DeleteElements(set, stale);
                }
                batch.Send();
            });
    }

    private void Write(NftBatch batch, IEnumerable<SpoofSubject> pods)
    {
        foreach (var (set, elements) in Entries(pods))
            if (elements.Count > 0)
                batch.AddElements(set, elements);
    }

    private List<(NftSet, List<NftElement>)> Entries(IEnumerable<SpoofSubject> pods)
    {
        List<NftElement> links = [], pairs4 = [], pairs6 = [];
        foreach (var pod in pods)
        {
            var comment = pod.Owner.ToString();
            var link = NftValue.InterfaceName(pod.Owner.Link);
            var mac = NftValue.EtherAddress(pod.Mac);
            links.Add(NftElement.Of(link) with { Comment = comment });
            foreach (var address in pod.Addresses)
                (address.AddressFamily == AddressFamily.InterNetworkV6 ? pairs6 : pairs4).Add(NftElement.Of(link, mac, address) with { Comment = comment });
            if (pairs6.Count > 0 && pod.Addresses.Any(a => a.AddressFamily == AddressFamily.InterNetworkV6))
                pairs6.Add(NftElement.Of(link, mac, LinkLocal.Of(pod.Mac)) with { Comment = comment });
        }
        return [(Links, links), (Pairs4, pairs4), (Pairs6, pairs6)];
    }

    private static NftSet LinksOf(NftTable table) => new(table, "links", [NftType.InterfaceName]);

    private static NftSet Pairs4Of(NftTable table) => new(table, "pairs4", [NftType.InterfaceName, NftType.EtherAddress, NftType.Ip4Address]);

    private static NftSet Pairs6Of(NftTable table) => new(table, "pairs6", [NftType.InterfaceName, NftType.EtherAddress, NftType.Ip6Address]);

    private NftTableSpec Spec() => new(table)
    {
        Sets = [Links, Pairs4, Pairs6],
        Chains = [new NftChain(table, "prerouting") { Hook = NftHook.Prerouting, Priority = Priority }, new NftChain(table, FromPod)],
        Rules = [new NftRule(table, "prerouting").In(Links.Name, NftField.InInterface).Jump(FromPod), .. Ip4Rules(), .. ArpRules(), .. Ip6Rules(), Rule("not the pod's own address").Count().Drop()],
    };

    private IEnumerable<NftRule> Ip4Rules() =>
    [
        Rule().In(Pairs4.Name, NftField.InInterface, NftField.EtherSource, Ip4Source).Return(),
        Rule("DHCP").Is(Ip4Source, IPAddress.Any).Is(NftField.UdpDestinationPort, NftValue.Port(DhcpServer)).Return(),
    ];

    /// <summary>The frame's sender and the one the ARP packet names are to be the same, else a neighbour learns a wrong address.</summary>
    private IEnumerable<NftRule> ArpRules() => table.Family != NftFamily.Bridge ? [] :
    [
        Rule().In(Pairs4.Name, NftField.InInterface, NftField.EtherSource, NftField.ArpSenderAddress)
            .In(Pairs4.Name, NftField.InInterface, NftField.ArpSenderMac, NftField.ArpSenderAddress).Return(),
        Rule("ARP probe").Is(NftField.ArpSenderAddress, IPAddress.Any).Return(),
    ];

    private IEnumerable<NftRule> Ip6Rules() =>
    [
        Icmp6("router advertisement", RouterAdvertisement).Count().Drop(),
        Icmp6("redirect", Redirect).Count().Drop(),
        Icmp6("another's neighbour advertisement", NeighbourAdvertisement)
            .NotIn(Pairs6.Name, NftField.InInterface, NftField.EtherSource, NftField.NeighbourTarget).Count().Drop(),
        Rule().In(Pairs6.Name, NftField.InInterface, NftField.EtherSource, Ip6Source).Return(),
        .. ((byte[])[NeighbourSolicitation, ListenerReport, ListenerDone, ListenerReportV2])
            .Select(type => Icmp6("before it has an address", type).Is(Ip6Source, IPAddress.IPv6Any).Return()),
    ];

    private NftRule Rule(string? comment = null) => new(table, FromPod) { Comment = comment };

    private NftRule Icmp6(string comment, byte type) =>
        (table.Family == NftFamily.Bridge ? Rule(comment).Is(NftField.EtherType, NftValue.EtherType(0x86dd)) : Rule(comment)).Is(NftField.Icmp6Type, NftValue.Byte(type));
}
