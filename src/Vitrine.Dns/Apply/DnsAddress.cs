using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans.Dns;

namespace Vitrine.Dns.Apply;

/// <summary>
/// Makes the cluster's DNS addresses this node's own, on its loopback link: a query from a pod, the node or a host-network pod is delivered here without a
/// rewritten address, and no connection is tracked for it, so there is nothing two queries could race for. Where nobody listens, a query goes to another
/// node's DNS. It works on the network namespace it was made in.
/// </summary>
internal sealed class DnsAddress(ImmutableArray<IPAddress> addresses) : IDisposable
{
    public const string Table = "vitrine-dns";

    /// <summary>Of the table that is there as long as this process answers.</summary>
    public const string Present = "vitrine-dns-here";

    private const string Loopback = "lo", Detour = "dstnat", OwnDetour = "dstnat-own", Return = "postrouting";

    /// <summary>Numbers that a query may draw: each count of nodes up to <see cref="DnsDetour.MostNodes"/> has equal shares of them.</summary>
    private const uint Draws = 6;

    private readonly RtnetlinkSocket links = RtnetlinkSocket.Open();
    private readonly NftSocket nft = NftSocket.Open();

    private readonly bool inet = NetSysctl.Read("ipv6/conf/all/disable_ipv6") is not null;

    private NftOwnedTable? present;

    /// <summary>False where the kernel has no nft_socket, so that no query goes elsewhere.</summary>
    public bool SeesSockets { get; private set; } = true;

    /// <summary>
    /// From now on somebody listens: the node's own queries stay here, untracked. A rule cannot see that of a packet that has a socket of its own, its sender's; so it is
    /// a table that says it, which the kernel removes when this process ends, however it does.
    /// </summary>
    public void Here()
    {
        if (!SeesSockets || present is not null)
            return;
        present = NftOwnedTable.Make(NftSocket.Open(), Presence(addresses, inet, $"{Present}-{Guid.NewGuid().ToString("N")[..8]}"));
    }

    /// <summary>Before it ends listening.</summary>
    public void Gone() => Interlocked.Exchange(ref present, null)?.Dispose();

    /// <param name="detour">null: not known yet, so what is there stays</param>
    /// <returns>how many changes it took; 0 when all was in order</returns>
    public int Ensure(DnsDetour? detour)
    {
        var index = links.GetLink(Loopback).Index;
        var held = links.ListAddresses().Where(a => a.LinkIndex == index).ToLookup(a => a.Address);
        var changes = 0;
        foreach (var address in addresses.Concat(detour?.Own ?? []).Where(a => !held.Contains(a) && (inet || a.AddressFamily == AddressFamily.InterNetwork)))
        {
            try
            {
                links.AddAddress(index, address, address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32);
            }
            catch (NetlinkException e) when (e.Errno == Errno.EEXIST)
            {
                // Another process was faster.
            }
            changes++;
        }
        // This node had another pod range once, and that is another node's now.
        foreach (var other in held.SelectMany(a => a).Where(a => detour?.Elsewhere.Contains(a.Address) == true))
        {
            links.DeleteAddress(index, other.Address, other.PrefixLength);
            changes++;
        }
        return changes + EnsureRules(detour);
    }

    public void Dispose()
    {
        Gone();
        links.Dispose();
        nft.Dispose();
    }

    private int EnsureRules(DnsDetour? detour)
    {
        if (SeesSockets)
            try
            {
                var rules = Rules(addresses, inet, detour ?? DnsDetour.None);
                return detour is null && nft.ListTables().Contains(rules.Table) && rules.SkeletonIsIn(nft) ? 0 : rules.EnsureIn(nft);
            }
            catch (NftException e) when (e.Errno is Errno.ENOENT or Errno.EOPNOTSUPP)
            {
                SeesSockets = false;
            }
        return Rules(addresses, inet, null).EnsureIn(nft);
    }

    /// <summary>Queries and answers, coming and going, are not tracked; but queries that nobody here takes, so that they can go elsewhere: of the node's own <see cref="Presence"/> says it.</summary>
    /// <param name="addresses">the cluster's</param>
    /// <param name="inet">there is IPv6</param>
    /// <param name="detour">null where rules cannot see sockets</param>
    internal static NftTableSpec Rules(ImmutableArray<IPAddress> addresses, bool inet, DnsDetour? detour)
    {
        var table = new NftTable(inet ? NftFamily.Inet : NftFamily.Ip, Table);
        NftChain prerouting = new(table, "prerouting") { Hook = NftHook.Prerouting, Priority = NftPriority.Raw }, output = new(table, "output") { Hook = NftHook.Output, Priority = NftPriority.Raw };
        var untracked = from chain in new[] { prerouting, output } from address in addresses from rule in Untracked(new NftRule(table, chain.Name), address, detour is null ? Queries.All : chain == prerouting ? Queries.Taken : Queries.None) select rule;
        var spec = new NftTableSpec(table) { Comment = "Cluster DNS is answered on this node, untracked.", Chains = [prerouting, output], Rules = [.. untracked] };
        return detour is null ? spec : spec with
        {
            Comment = "Cluster DNS is answered on this node, untracked; by other nodes while nobody here listens.",
            Sets = [.. addresses.Select(a => Peers(table, a))],
            Elements = addresses.ToImmutableDictionary(a => Peers(table, a).Name, a => Shares(detour.Of(a.AddressFamily))),
            Chains =
            [
                .. spec.Chains, new NftChain(table, Detour) { Type = "nat", Hook = NftHook.Prerouting, Priority = NftPriority.DestinationNat },
                new NftChain(table, OwnDetour) { Type = "nat", Hook = NftHook.Output, Priority = NftPriority.DestinationNat }, new NftChain(table, Return) { Type = "nat", Hook = NftHook.Postrouting, Priority = NftPriority.SourceNat },
            ],
            Rules =
            [
                .. spec.Rules, .. from chain in new[] { Detour, OwnDetour } from address in addresses from rule in Detoured(new NftRule(table, chain), address) select rule,
                .. addresses.Select(a => From(new NftRule(table, Return).CtStatusDnat(), a).Masquerade() with { Comment = "every node has this address" }),
            ],
        };
    }

    /// <summary>The node's own queries are not tracked, so that no rule can send them elsewhere.</summary>
    internal static NftTableSpec Presence(ImmutableArray<IPAddress> addresses, bool inet, string name)
    {
        var table = new NftTable(inet ? NftFamily.Inet : NftFamily.Ip, name);
        return new NftTableSpec(table)
        {
            Comment = "Somebody answers here.", Chains = [new NftChain(table, "output") { Hook = NftHook.Output, Priority = NftPriority.Raw }],
            Rules = [.. from address in addresses from port in new[] { NftField.UdpDestinationPort, NftField.TcpDestinationPort } select Asked(new NftRule(table, "output"), address, port).NoTrack() with { Comment = "queries" }],
        };
    }

    /// <summary>Which queries are not tracked.</summary>
    private enum Queries
    {
        All,
        Taken,
        None,
    }

    private static IEnumerable<NftRule> Untracked(NftRule rule, IPAddress address, Queries queries)
    {
        foreach (var (destination, source) in new[] { (NftField.UdpDestinationPort, NftField.UdpSourcePort), (NftField.TcpDestinationPort, NftField.TcpSourcePort) })
        {
            var query = Asked(rule, address, destination);
            if (queries != Queries.None)
                yield return (queries == Queries.Taken ? query.ToSocket() : query).NoTrack() with { Comment = "queries" };
            yield return From(rule, address).Is(source, NftValue.Port(DnsOptions.Port)).NoTrack() with { Comment = "answers" };
        }
    }

    private static IEnumerable<NftRule> Detoured(NftRule rule, IPAddress address) =>
        from port in new[] { NftField.UdpDestinationPort, NftField.TcpDestinationPort }
        select Asked(rule, address, port).DestinationNatToAny(Peers(rule.Table, address).Name, IsV6(address) ? NftFamily.Ip6 : NftFamily.Ip, Draws) with { Comment = "queries that nobody here takes" };

    private static NftRule Asked(NftRule rule, IPAddress address, NftField port) =>
        rule.Is(IsV6(address) ? NftField.Ip6Destination : NftField.Ip4Destination, NftValue.Address(address)).Is(port, NftValue.Port(DnsOptions.Port));

    private static NftRule From(NftRule rule, IPAddress address) => rule.Is(IsV6(address) ? NftField.Ip6Source : NftField.Ip4Source, NftValue.Address(address));

    private static NftSet Peers(NftTable table, IPAddress address) => IsV6(address)
        ? new NftSet(table, "peers6", [NftType.Mark]) { Value = [NftType.Ip6Address] } : new NftSet(table, "peers4", [NftType.Mark]) { Value = [NftType.Ip4Address] };

    private static ImmutableArray<NftElement> Shares(ImmutableArray<DnsPeer> peers) => peers.IsEmpty ? [] :
        [.. Enumerable.Range(0, (int)Draws).Select(i => peers[i % peers.Length]).Select((p, i) => NftElement.Of(NftValue.Number((uint)i)).To(NftValue.Address(p.Address)) with { Comment = $"node/{p.Node}" })];

    private static bool IsV6(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6;
}
