using System.Net;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Policies;
using Xunit;

namespace Vitrine.Unit.Model.Policies;

/// <summary>Golden/PolicyPlan/CASE: in.yaml holds the policies of town.yaml; want.txt the plans of node-1 and node-2.</summary>
public sealed class PolicyPlanTests
{
    private const byte Icmp = 1, Tcp = 6, Udp = 17;

    public static TheoryData<string> Cases => [.. Directory.GetDirectories(PolicyTown.Folder()).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_plan_is_as_written_down(string name)
    {
        var snapshot = PolicyTown.Of(name);
        var got = string.Join('\n', new[] { "node-1", "node-2" }.Select(n => PolicyPlan.Compile(snapshot, n).ToString()));
        var want = Path.Combine(PolicyTown.Folder(), name, "want.txt");
        if (Environment.GetEnvironmentVariable("VITRINE_WRITE_GOLDEN") == "1")
            File.WriteAllText(want, got);
        Assert.Equal(File.ReadAllText(want), got);
    }

    [Theory]
    [InlineData("default-deny", "shop/web-1", "ingress", "10.244.2.20", Tcp, 80, false, "")]
    [InlineData("default-deny", "shop/web-1", "ingress", "10.244.2.20", Icmp, 0, false, "")]
    [InlineData("default-deny", "shop/web-1", "egress", "192.0.2.1", Tcp, 443, false, "")]
    [InlineData("default-deny", "shop/web-1", "egress", "10.244.1.10", Tcp, 8080, true, "")]
    [InlineData("default-deny", "ops/monitor", "egress", "10.244.2.20", Tcp, 80, true, "")]
    [InlineData("from-namespace", "shop/db", "ingress", "10.244.2.30", Udp, 9, true, "spec.ingress[0]")]
    [InlineData("from-namespace", "shop/db", "ingress", "10.244.1.10", Tcp, 5432, true, "spec.ingress[1]")]
    [InlineData("from-namespace", "shop/db", "ingress", "10.244.1.10", Tcp, 5433, false, "")]
    [InlineData("from-namespace", "shop/db", "ingress", "10.244.1.12", Tcp, 5432, false, "")]
    [InlineData("from-namespace", "shop/db", "egress", "10.244.1.10", Tcp, 5433, true, "")]
    [InlineData("both-selectors", "shop/web-1", "ingress", "10.244.2.30", Tcp, 9100, true, "spec.ingress[0]")]
    [InlineData("both-selectors", "shop/web-1", "ingress", "10.244.2.30", Tcp, 8080, false, "")]
    [InlineData("both-selectors", "shop/web-1", "ingress", "10.0.1.11", Tcp, 9100, false, "")]
    [InlineData("blocks", "shop/web-1", "egress", "10.95.255.255", Tcp, 443, true, "spec.egress[0]")]
    [InlineData("blocks", "shop/web-1", "egress", "10.96.0.0", Tcp, 443, false, "")]
    [InlineData("blocks", "shop/web-1", "egress", "11.255.255.255", Tcp, 32767, true, "spec.egress[0]")]
    [InlineData("blocks", "shop/web-1", "egress", "11.255.255.255", Tcp, 32768, false, "")]
    [InlineData("blocks", "shop/web-1", "egress", "2001:db8:1::1", Tcp, 443, true, "spec.egress[0]")]
    [InlineData("blocks", "shop/web-1", "egress", "2001:db8::1", Tcp, 443, false, "")]
    [InlineData("named-ports", "shop/web-1", "ingress", "192.0.2.1", Tcp, 8080, true, "spec.ingress[0]")]
    [InlineData("named-ports", "shop/web-1", "ingress", "192.0.2.1", Tcp, 9090, false, "")]
    [InlineData("named-ports", "shop/web-2", "ingress", "192.0.2.1", Tcp, 9090, true, "spec.ingress[0]")]
    [InlineData("named-ports", "shop/db", "egress", "10.244.1.10", Tcp, 8080, true, "spec.egress[0]")]
    [InlineData("named-ports", "shop/db", "egress", "10.244.1.10", Tcp, 9090, false, "")]
    [InlineData("named-ports", "shop/db", "egress", "10.244.2.30", Tcp, 3000, true, "spec.egress[0]")]
    [InlineData("end-port", "shop/db", "ingress", "10.244.1.10", Tcp, 5999, true, "spec.ingress[0]")]
    [InlineData("end-port", "shop/db", "ingress", "10.244.1.10", Tcp, 6000, false, "")]
    [InlineData("end-port", "shop/db", "ingress", "10.244.2.30", Tcp, 6000, true, "spec.ingress[1]")]
    [InlineData("end-port", "shop/db", "ingress", "10.244.2.30", Udp, 1, true, "spec.ingress[1]")]
    [InlineData("end-port", "shop/db", "ingress", "10.244.2.30", Icmp, 0, false, "")]
    [InlineData("dns-only", "shop/web-1", "egress", "10.96.0.10", Udp, 53, true, "spec.egress[0]")]
    [InlineData("dns-only", "shop/web-1", "egress", "10.96.0.10", Udp, 54, false, "")]
    [InlineData("dns-only", "shop/web-1", "egress", "10.244.2.20", Udp, 53, false, "")]
    [InlineData("union", "shop/web-1", "ingress", "192.0.2.9", Tcp, 80, true, "spec.ingress[1]")]
    [InlineData("union", "shop/web-1", "ingress", "192.0.2.9", Tcp, 81, false, "")]
    [InlineData("tiers", "shop/db", "ingress", "10.244.1.10", Tcp, 5432, true, "spec.ingress[0]")]
    [InlineData("tiers", "shop/db", "ingress", "10.244.1.10", Tcp, 23, false, "spec.ingress[0]")]
    [InlineData("tiers", "shop/web-1", "ingress", "10.244.2.30", Tcp, 9100, true, "spec.ingress[1]")]
    [InlineData("tiers", "shop/web-1", "ingress", "10.244.2.30", Tcp, 80, false, "spec.ingress[3]")]
    [InlineData("tiers", "shop/web-1", "ingress", "10.244.2.20", Tcp, 80, true, "spec.ingress[0]")]
    [InlineData("tiers", "shop/web-1", "egress", "10.0.1.12", Tcp, 80, false, "spec.egress[1]")]
    [InlineData("tiers", "shop/web-1", "egress", "10.0.1.11", Tcp, 80, true, "spec.egress[0]")]
    [InlineData("gateway", "shop/web-1", "ingress", "10.0.1.12", Tcp, 8080, true, "spec.ingress[0]")]
    [InlineData("gateway", "shop/web-1", "ingress", "10.244.2.0", Tcp, 8080, true, "spec.ingress[0]")]
    [InlineData("gateway", "shop/web-1", "ingress", "10.244.2.30", Tcp, 8080, false, "")]
    [InlineData("gateway", "shop/db", "ingress", "10.0.1.11", Tcp, 5432, true, "spec.ingress[0]")]
    public void A_packet_is_let_through_by_the_rule_that_says_so(string name, string pod, string direction, string peer, byte protocol, int port, bool allowed, string rule)
    {
        var snapshot = PolicyTown.Of(name);
        var decision = PolicyPlan.Compile(snapshot, snapshot.Pods[pod].NodeName!).Decide(pod, direction == "ingress" ? PolicyDirection.Ingress : PolicyDirection.Egress, IPAddress.Parse(peer), protocol, port)!;
        Assert.Equal(allowed, decision.Allowed);
        Assert.Equal(rule, string.Join(' ', decision.Rules.Select(r => r.Field)));
    }

    [Fact]
    public void A_pod_of_another_node_or_of_its_nodes_own_network_is_not_judged()
    {
        var plan = PolicyPlan.Compile(PolicyTown.Of("default-deny"), "node-1");
        Assert.Null(plan.Decide("shop/db", PolicyDirection.Ingress, IPAddress.Parse("10.244.1.10"), Tcp, 80));
        Assert.Null(plan.Decide("ops/agent", PolicyDirection.Ingress, IPAddress.Parse("10.244.1.10"), Tcp, 80));
        Assert.Equal(["shop/web-1", "shop/web-2"], plan.Pods.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Of_two_pods_with_one_address_the_later_that_stays_has_it()
    {
        var snapshot = PolicyTown.Of("union");
        var held = snapshot.Pods["shop/db"];
        foreach (var (other, has) in new[] { (held with { Name = "late", Created = held.Created.AddSeconds(1) }, "shop/late"), (held with { Name = "late", Created = held.Created.AddSeconds(1), Terminating = true }, "shop/db") })
        {
            var plan = PolicyPlan.Compile(snapshot with { Pods = snapshot.Pods.Add(other.Key, other) }, "node-1");
            Assert.Equal(has, plan.Groups.Values.First(g => g.Pods.ContainsKey(held.Addresses[0])).Pods[held.Addresses[0]]);
        }
    }
}
