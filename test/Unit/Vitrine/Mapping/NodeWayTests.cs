using System.Net;
using Vitrine.Mapping;
using Vitrine.Model.Plans;
using Vitrine.Unit.Model.Policies;
using Xunit;

namespace Vitrine.Unit.Mapping;

public sealed class NodeWayTests
{
    [Theory]
    [InlineData(24, "10.244.2.0/24 via 10.0.1.12 dev eth0", null, 9000)]
    [InlineData(32, "10.244.2.0/24 via 10.244.2.0 dev vtr-vxlan src 10.244.1.0 mtu 8950 onlink", "vtr-vxlan", 8950)]
    public void Nodes_on_a_link_are_routers_for_each_other_and_others_have_a_tunnel(int prefix, string entry, string? tunnel, int mtu)
    {
        var links = new NodeLinks([new NodeLink("eth0", 9000, [LinkNetwork.Of(IPAddress.Parse("10.0.1.11"), prefix)])]);
        Assert.Equal(new NodeWay("node/node-1", "node/node-2", "10.244.2.0/24", entry, tunnel, mtu), NodeWay.Of(PolicyTown.Of("none"), "node-1", links).First());
    }

    [Fact]
    public void Without_any_link_there_is_no_way_and_it_says_so() =>
        Assert.All(NodeWay.Of(PolicyTown.Of("none"), "node-1", new NodeLinks([])), w => Assert.Equal(("node/node-2", 0, true), (w.To, w.Mtu, w.Entry.StartsWith("unreachable ", StringComparison.Ordinal))));
}
