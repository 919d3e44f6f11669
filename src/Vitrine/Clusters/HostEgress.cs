using System.Net;
using System.Net.Sockets;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Linux.Nft;

namespace Vitrine.Clusters;

/// <summary>
/// `up --egress nat`: the cluster's way out of this machine, IPv4, as a home router gives it. Nodes get a default route to the
/// bridge; the host forwards for them by its default link and hides them behind its own address. Addresses that are private by
/// RFC 1918 and its kin are refused: they would be the host's own neighbours. Without it the nodes have no default route at all.
/// </summary>
internal sealed class HostEgress(ClusterPaths paths, ClusterSpec spec)
{
    public const string None = "none";
    public const string Nat = "nat";

    // RFC 1918, 6598, 3927: the networks around the host, not the internet.
    private static readonly string[] Private = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"];

    // inet, although it is IPv4 only: the kernel knows "reject with port unreachable" of both families only there.
    private NftTable Table => new(NftFamily.Inet, $"vitrine-egress-{spec.Name}");

    private string Forwarding => $"{paths.State}/egress-forwarding";

    public void Ensure()
    {
        using var host = RtnetlinkSocket.Open();
        var uplink = host.ListRoutes().FirstOrDefault(r => r.Destination is { PrefixLength: 0, BaseAddress.AddressFamily: AddressFamily.InterNetwork } && r.LinkIndex != 0)
            ?? throw new CommandFailure("--egress nat: this host has no IPv4 default route, so there is no way out to share", "leave --egress out, or connect the host first");
        using (var nft = NftSocket.Open())
        {
            Rules().EnsureIn(nft);
        }

        // Forwarding is asked of the link a packet comes in by: the bridge, and the uplink for the answers.
        foreach (var link in new[] { paths.Bridge, host.ListLinks().First(l => l.Index == uplink.LinkIndex).Name })
        {
            var name = $"ipv4/conf/{link}/forwarding";
            if (NetSysctl.Read(name) == "0")
            {
                File.AppendAllText(Forwarding, name + "\n");
                NetSysctl.Write(name, "1");
            }
        }
    }

    /// <summary>The node's default route.</summary>
    public void EnsureNode(RtnetlinkSocket node) =>
        node.ReplaceRoute(new RouteSpec(new IPNetwork(IPAddress.Any, 0)) { Gateway = spec.BridgeAddresses.First(a => a.AddressFamily == AddressFamily.InterNetwork) });

    /// <summary>Takes all of it back, unless another cluster needs the forwarding still.</summary>
    public void Remove()
    {
        using (var nft = NftSocket.Open())
        {
            nft.TryDeleteTable(Table);
        }

        if (File.Exists(Forwarding) && !ClusterPaths.All().Where(n => n != spec.Name).Any(n => ClusterSpec.Read(new ClusterPaths(n))?.Egress == Nat))
        {
            foreach (var name in File.ReadLines(Forwarding))
            {
                NetSysctl.TryWrite(name, "0");
            }
        }
    }

    private NftTableSpec Rules()
    {
        var bridge = NftValue.InterfaceName(paths.Bridge);
        NftRule Forward() => new NftRule(Table, "forward").Is(NftField.InInterface, bridge);
        return new NftTableSpec(Table)
        {
            Comment = $"the way out of cluster {spec.Name}",
            Chains =
            [
                new NftChain(Table, "forward") { Hook = NftHook.Forward, Priority = NftPriority.Filter },
                new NftChain(Table, "postrouting") { Hook = NftHook.Postrouting, Type = "nat", Priority = NftPriority.SourceNat },
            ],
            Rules =
            [
                Forward().Is(NftField.OutInterface, bridge).Accept(),
                .. Private.Select(p => Forward().In(NftField.Ip4Destination, IPNetwork.Parse(p)).Count().RejectPort() with { Comment = "a neighbour of the host, not the internet" }),
                new NftRule(Table, "forward").Is(NftField.OutInterface, bridge).CtStateIn(NftCtState.Established | NftCtState.Related).Accept(),
                new NftRule(Table, "forward").Is(NftField.OutInterface, bridge).Count().Drop() with { Comment = "nobody outside reaches the nodes" },
                .. ClusterSpec.Parse(spec.NodeCidrs).Where(r => r.BaseAddress.AddressFamily == AddressFamily.InterNetwork)
                    .Select(r => new NftRule(Table, "postrouting").In(NftField.Ip4Source, r).Is(NftField.OutInterface, bridge, not: true).Masquerade()),
            ],
        };
    }
}
