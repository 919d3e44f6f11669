using System.Collections.Immutable;
using System.Net;
using Vitrine.Dataplane.Apply;
using Vitrine.Linux.Netlink;
using Vitrine.Model.Snapshot;

namespace Vitrine.Bench.Network;

/// <summary>Nodes on bridges of this process's own network namespace, a bridge for each group.</summary>
internal sealed class BenchLab : IDisposable
{
    private readonly RtnetlinkSocket wires = RtnetlinkSocket.Open();
    private readonly List<BenchNode> nodes = [];
    private readonly List<NodeApply> hands = [];
    private int groups;

    internal BenchLab()
    {
        if (wires.ListLinks().Any(l => l.Name != "lo"))
            throw new InvalidOperationException("run this in network and mount namespaces of its own: unshare --net --mount");
        wires.SetUp("lo");
        Directory = System.IO.Directory.CreateTempSubdirectory("lab-").FullName;
    }

    internal string Directory { get; }

    /// <param name="count">how many</param>
    /// <param name="onLink">
    /// They share a network. Otherwise each has its address to itself and a route to the others, so that they are no neighbours to a route plan;
    /// the wire is the same.
    /// </param>
    internal BenchNode[] Nodes(int count, bool onLink)
    {
        var bridge = $"br{++groups}";
        wires.CreateBridge(bridge);
        wires.SetUp(bridge);
        var group = Enumerable.Range(1, count).Select(number => Connect(new BenchNode(Directory, $"g{groups}n{number}", number), bridge, onLink ? 24 : 32)).ToArray();
        if (!onLink)
            foreach (var node in group)
                foreach (var other in group.Where(o => o != node))
                    node.Socket.AddRoute(new RouteSpec(new IPNetwork(other.Address, 32)) { LinkIndex = node.Socket.GetLink("eth0").Index });
        return group;
    }

    /// <summary>The product's own data path: one pass of every node's agent.</summary>
    internal void Apply(BenchNode[] group, int tunnels = 0)
    {
        var snapshot = new ClusterSnapshot { Nodes = group.Select(n => n.Node).ToImmutableDictionary(n => n.Name) };
        foreach (var node in group)
        {
            var hand = node.Netns.Run(() => new NodeApply());
            hands.Add(hand);
            var applied = hand.Apply(snapshot, node.Node.Name);
            if (applied.Failures.Count > 0 || applied.Plan is not { Conflicts.IsEmpty: true } plan || plan.Tunnels.Length != tunnels)
                throw new InvalidOperationException($"the data path of {node.Id} is not what was to be measured: {string.Join("; ", applied.Failures)} {applied.Plan}");
        }
    }

    public void Dispose()
    {
        hands.ForEach(h => h.Dispose());
        nodes.ForEach(n => n.Dispose());
        wires.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private BenchNode Connect(BenchNode node, string bridge, int bits)
    {
        nodes.Add(node);
        wires.CreateVeth(new VethSpec($"w{node.Id}", "eth0") { PeerNetns = node.Netns });
        wires.SetMaster($"w{node.Id}", bridge);
        wires.SetUp($"w{node.Id}");
        node.Socket.SetUp("eth0");
        node.Socket.AddAddress(node.Socket.GetLink("eth0").Index, node.Address, bits);
        return node;
    }
}
