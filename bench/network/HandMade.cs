namespace Vitrine.Bench.Network;

/// <summary>The peers between two nodes: what one types to connect them, with iproute2 and nft.</summary>
internal static class HandMade
{
    internal static void Routes(BenchNode[] nodes) =>
        Each(nodes, (own, other) => own.Command($"ip route add {other.PodCidr} via {other.Address}"));

    internal static void RoutesAndMasquerade(BenchNode[] nodes)
    {
        Routes(nodes);
        Each(nodes, Masquerade);
    }

    internal static void Vxlan(BenchNode[] nodes) => Each(nodes, (own, other) =>
    {
        own.Command($"ip link add vxlan0 type vxlan id 1 dstport 4789 local {own.Address} nolearning");
        own.Command($"ip link set vxlan0 address {Mac(own)} mtu 1450 up");
        own.Command($"ip addr add {own.PodCidr.BaseAddress}/32 dev vxlan0");
        own.Command($"bridge fdb append {Mac(other)} dev vxlan0 dst {other.Address}");
        own.Command($"ip neigh replace {other.PodCidr.BaseAddress} lladdr {Mac(other)} dev vxlan0 nud permanent");
        own.Command($"ip route add {other.PodCidr} via {other.PodCidr.BaseAddress} dev vxlan0 onlink");
    });

    internal static void VxlanAndMasquerade(BenchNode[] nodes)
    {
        Vxlan(nodes);
        Each(nodes, Masquerade);
    }

    /// <summary>The least that lets pods out of any cluster; it makes the kernel track connections, which bare routes do not.</summary>
    private static void Masquerade(BenchNode own, BenchNode other) => own.Command($$"""
        table ip nat {
          chain postrouting {
            type nat hook postrouting priority srcnat;
            ip saddr {{own.PodCidr}} ip daddr != 10.244.0.0/16 masquerade
          }
        }
        """, ["nft", "-f", "-"]);

    private static string Mac(BenchNode node) => $"02:00:00:00:00:{node.Number:x2}";

    private static void Each(BenchNode[] nodes, Action<BenchNode, BenchNode> connect)
    {
        connect(nodes[0], nodes[1]);
        connect(nodes[1], nodes[0]);
    }
}
