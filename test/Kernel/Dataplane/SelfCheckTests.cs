using System.Net;
using Vitrine.Dataplane.Checks;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Nft;
using Xunit;

namespace Vitrine.Kernel.Dataplane;

public sealed class SelfCheckTests
{
    [Fact]
    public async Task All_is_well_where_it_is()
    {
        using var lab = Lab.With(1, 1, 2);
        lab.Apply();
        Assert.All(await RunAsync(lab), v => Assert.True(v.Ok, v.ToString()));
    }

    [Fact]
    public async Task A_link_that_carries_less_than_it_says_is_named()
    {
        using var lab = Lab.With(1, 2);
        lab.Apply();
        // A switch that drops large frames says nothing to anybody.
        Nft.Run(lab.Nodes[1].Netns, "add table netdev small; add chain netdev small in { type filter hook ingress device eth0 priority 0; }; add rule netdev small in meta length > 1400 drop");
        var verdict = (await RunAsync(lab)).First(v => !v.Ok);
        Assert.Contains("packets of 1450 bytes do not", verdict.Found);
        Assert.Contains("node/node-2", verdict.Subject);
    }

    [Fact]
    public async Task A_firewall_that_stops_tunnels_is_named()
    {
        using var lab = Lab.With(1, 2);
        lab.Apply();
        Nft.Run(lab.Router, "add table inet wall; add chain inet wall fw { type filter hook forward priority 0; }; add rule inet wall fw udp dport 4789 drop");
        Assert.Contains("UDP port 4789", (await RunAsync(lab)).First(v => !v.Ok).Fix);
    }

    [Fact]
    public async Task Ranges_that_overlap_are_named()
    {
        using var lab = Lab.With(1, 1);
        lab.Nodes[1].Node = lab.Nodes[1].Node with { PodCidrs = lab.Nodes[0].Node.PodCidrs };
        var found = (await RunAsync(lab)).First(v => !v.Ok);
        Assert.Equal(("ranges of node/node-2", true), (found.Subject, found.Found.Contains("overlaps", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Tunnels_by_a_link_other_than_the_one_with_the_address_are_named()
    {
        using var lab = Lab.With(1, 2);
        lab.Apply();
        var node = lab.Nodes[0].Netns;
        node.Socket.CreateVeth("odd0", "odd1");
        node.Socket.SetUp("odd0");
        node.Socket.SetUp("odd1");
        node.Socket.AddRoute(new RouteSpec(new IPNetwork(lab.Nodes[1].V4, 32)) { LinkIndex = node.Socket.GetLink("odd0").Index });
        Assert.Contains("leave by odd0", (await RunAsync(lab)).First(v => !v.Ok).Found);
    }

    private static Task<IReadOnlyList<CheckVerdict>> RunAsync(Lab lab) => SelfCheck.RunAsync(lab.Nodes[0].Netns.Handle, lab.Snapshot, "node-1", TimeProvider.System);
}
