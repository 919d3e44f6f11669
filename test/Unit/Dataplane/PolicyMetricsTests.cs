using Vitrine.Dataplane;
using Xunit;

namespace Vitrine.Unit.Dataplane;

public sealed class PolicyMetricsTests
{
    [Fact]
    public void A_series_for_each_policy_and_direction_and_one_for_who_is_not_known() => Assert.Equal("""
        # HELP vitrine_policy_dropped_packets_total Packets a policy did not let through; with an empty policy those of addresses whose pod the node did not know yet.
        # TYPE vitrine_policy_dropped_packets_total counter
        vitrine_policy_dropped_packets_total{kind="",namespace="",policy="",direction=""} 1
        vitrine_policy_dropped_packets_total{kind="ClusterNetworkPolicy",namespace="",policy="wall",direction="egress"} 2
        vitrine_policy_dropped_packets_total{kind="NetworkPolicy",namespace="shop",policy="a.b",direction="ingress"} 3
        # HELP vitrine_policy_dropped_bytes_total Bytes of them.
        # TYPE vitrine_policy_dropped_bytes_total counter
        vitrine_policy_dropped_bytes_total{kind="",namespace="",policy="",direction=""} 10
        vitrine_policy_dropped_bytes_total{kind="ClusterNetworkPolicy",namespace="",policy="wall",direction="egress"} 20
        vitrine_policy_dropped_bytes_total{kind="NetworkPolicy",namespace="shop",policy="a.b",direction="ingress"} 30

        """, PolicyMetrics.Render([new(null, null, 1, 10), PolicyDrops.Of("ClusterNetworkPolicy//wall/egress", 2, 20), PolicyDrops.Of("NetworkPolicy/shop/a.b/ingress", 3, 30)]));
}
