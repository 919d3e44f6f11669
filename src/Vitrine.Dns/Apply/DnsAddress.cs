using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Linux.Nft;

namespace Vitrine.Dns.Apply;

/// <summary>
/// Makes the cluster's DNS addresses this node's own, on its loopback link: a query from a pod, the node or a host-network pod is delivered here without a
/// rewritten address, and no connection is tracked for it, so there is nothing two queries could race for. It works on the network namespace it was made in.
/// </summary>
internal sealed class DnsAddress(ImmutableArray<IPAddress> addresses) : IDisposable
{
    public const string Table = "vitrine-dns";

    private const string Loopback = "lo";
    private readonly RtnetlinkSocket links = RtnetlinkSocket.Open();
    private readonly NftSocket nft = NftSocket.Open();

    private readonly bool inet = NetSysctl.Read("ipv6/conf/all/disable_ipv6") is not null;

    /// <returns>how many changes it took; 0 when all was in order</returns>
    public int Ensure()
    {
        var index = links.GetLink(Loopback).Index;
        var held = links.ListAddresses().Where(a => a.LinkIndex == index).Select(a => a.Address).ToHashSet();
        var changes = 0;
        foreach (var address in addresses.Where(a => !held.Contains(a)))
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
        return changes + Rules(addresses, inet).EnsureIn(nft);
    }

    public void Dispose()
    {
        links.Dispose();
        nft.Dispose();
    }

    /// <summary>Queries and answers, coming and going, are not tracked.</summary>
    internal static NftTableSpec Rules(ImmutableArray<IPAddress> addresses, bool inet)
    {
        var table = new NftTable(inet ? NftFamily.Inet : NftFamily.Ip, Table);
        return new NftTableSpec(table)
        {
            Comment = "Cluster DNS is answered on this node, untracked.",
            Chains = [new NftChain(table, "prerouting") { Hook = NftHook.Prerouting, Priority = NftPriority.Raw }, new NftChain(table, "output") { Hook = NftHook.Output, Priority = NftPriority.Raw }],
            Rules = [.. from chain in new[] { "prerouting", "output" } from address in addresses from rule in Both(new NftRule(table, chain), address) select rule],
        };
    }

    private static IEnumerable<NftRule> Both(NftRule rule, IPAddress address)
    {
        var v6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        var value = NftValue.Address(address);
        foreach (var (destination, source) in new[] { (NftField.UdpDestinationPort, NftField.UdpSourcePort), (NftField.TcpDestinationPort, NftField.TcpSourcePort) })
        {
            yield return rule.Is(v6 ? NftField.Ip6Destination : NftField.Ip4Destination, value).Is(destination, NftValue.Port(DnsOptions.Port)).NoTrack() with { Comment = "queries" };
            yield return rule.Is(v6 ? NftField.Ip6Source : NftField.Ip4Source, value).Is(source, NftValue.Port(DnsOptions.Port)).NoTrack() with { Comment = "answers" };
        }
    }
}
