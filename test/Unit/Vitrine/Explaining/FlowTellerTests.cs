using Vitrine.Dataplane.Explain;
using Vitrine.Explaining;
using Vitrine.Unit.Model.Policies;
using Xunit;

namespace Vitrine.Unit.Explaining;

public sealed class FlowTellerTests
{
    private readonly SetTime time = new();

    [Fact]
    public void A_dropped_packet_is_told_with_the_policy_and_the_same_flow_once_a_second()
    {
        var town = PolicyTown.Of("default-deny");
        var packet = new WatchedPacket(town.Pods["shop/web-1"].Addresses[0], town.Pods["shop/db"].Addresses[0], 6, 40_000, 5432, true, "table inet vitrine-policy, chain in-1", null);
        var teller = new FlowTeller(time);
        var line = teller.Tell(town, "node-2", packet)!;
        Assert.Equal(("pod/shop/web-1", "pod/shop/db", "tcp", false), (line.Source, line.Destination, line.Protocol, line.Allowed));
        Assert.StartsWith("NetworkPolicy/shop/default-deny", Assert.Single(line.Policies), StringComparison.Ordinal);
        Assert.Null(line.Disagreement);
        // Another try of the client's is the same flow, wherever it is seen; one that passes is not.
        Assert.Null(teller.Tell(town, "node-1", packet with { SourcePort = 40_001 }));
        Assert.NotNull(teller.Tell(town, "node-2", packet with { Dropped = false }));
        time.Now += TimeSpan.FromSeconds(1);
        Assert.NotNull(teller.Tell(town, "node-2", packet));
    }

    [Fact]
    public void What_the_kernel_did_otherwise_than_planned_is_said()
    {
        var town = PolicyTown.Of("none");
        var packet = new WatchedPacket(town.Pods["shop/web-1"].Addresses[0], town.Pods["shop/db"].Addresses[0], 6, 40_000, 5432, true, "table inet vitrine-policy, chain in-1", null);
        Assert.Equal("the plan allows it", new FlowTeller(time).Tell(town, "node-2", packet)!.Disagreement);
    }

    private sealed class SetTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
