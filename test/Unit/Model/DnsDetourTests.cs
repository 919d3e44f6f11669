using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Model.Plans.Dns;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Unit.Model;

public sealed class DnsDetourTests
{
    [Theory]
    [InlineData("a", "b c d")]
    [InlineData("d", "e a b")]
    [InlineData("e", "a b c")]
    public void The_next_by_name_stand_in_and_after_the_last_comes_the_first(string own, string peers) =>
        Assert.Equal(peers, Peers(Of(own, Node("a", 1), Node("b", 2), Node("c", 3), Node("d", 4), Node("e", 5))));

    [Fact]
    public void Who_is_not_ready_or_has_no_range_is_passed_over()
    {
        var detour = Of("a", Node("a", 1), Node("b", 2) with { Ready = false }, Node("c", 3) with { PodCidrs = [] }, Node("d", 4));
        Assert.Equal("d", Peers(detour));
        Assert.Contains(IPAddress.Parse("10.244.2.0"), detour.Elsewhere);
    }

    [Fact]
    public void Each_family_has_the_peers_that_speak_it()
    {
        var detour = Of("a", Node("a", 1), Node("b", 2) with { PodCidrs = [IPNetwork.Parse("10.244.2.0/24"), IPNetwork.Parse("fd00:2::/64")] }, Node("c", 3));
        Assert.Equal(["10.244.2.0", "10.244.3.0"], detour.Of(AddressFamily.InterNetwork).Select(p => $"{p.Address}"));
        Assert.Equal(["fd00:2::"], detour.Of(AddressFamily.InterNetworkV6).Select(p => $"{p.Address}"));
        Assert.Equal(["10.244.1.0"], detour.Own.Select(a => $"{a}"));
    }

    [Fact]
    public void An_address_that_two_claim_is_not_given_up() =>
        Assert.DoesNotContain(IPAddress.Parse("10.244.1.0"), Of("a", Node("a", 1), Node("b", 1)).Elsewhere);

    [Fact]
    public void Each_node_stands_in_for_few()
    {
        Node[] nodes = [.. Enumerable.Range(1, 50).Select(i => Node($"node-{i}", i))];
        var asked = nodes.SelectMany(n => Of(n.Name, nodes).Peers.Select(p => p.Node)).CountBy(n => n).Select(n => n.Value).Distinct();
        Assert.Equal([DnsDetour.MostNodes], asked);
    }

    private static DnsDetour Of(string own, params Node[] nodes)
    {
        var snapshot = ClusterSnapshot.Empty with { Nodes = nodes.ToImmutableDictionary(n => n.Name) };
        return DnsDetour.Of(snapshot, snapshot.Nodes[own]);
    }

    private static string Peers(DnsDetour detour) => string.Join(' ', detour.Peers.Select(p => p.Node));

    private static Node Node(string name, int range) => new() { Name = name, Uid = name, Ready = true, Allocatable = default, PodCidrs = [IPNetwork.Parse($"10.244.{range}.0/24")] };
}
