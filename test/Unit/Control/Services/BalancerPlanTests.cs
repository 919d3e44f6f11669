using System.Net;
using k8s.Models;
using Vitrine.Control.Services;
using Vitrine.Model.Plans;
using Xunit;

namespace Vitrine.Unit.Control.Services;

public sealed class BalancerPlanTests
{
    private static readonly AddressPool[] Pools = [Pool("192.0.2.10-192.0.2.12"), Pool("2001:db8::/126"), Pool("lan=198.51.100.0/30")];
    private readonly Dictionary<IPAddress, string> taken = [];

    [Fact]
    public void The_first_free_address_of_each_family()
    {
        Assert.Equal(["192.0.2.10"], Plan(Service()));
        taken[IPAddress.Parse("192.0.2.10")] = "default/other";
        Assert.Equal(["192.0.2.11"], Plan(Service()));
        Assert.Equal(["192.0.2.11", "2001:db8::"], Plan(Service(families: ["IPv4", "IPv6"])));
        Assert.Equal(["2001:db8::"], Plan(Service(families: ["IPv6"])));
    }

    [Fact]
    public void What_it_has_it_keeps()
    {
        var service = Service();
        service.Status = new V1ServiceStatus { LoadBalancer = new V1LoadBalancerStatus { Ingress = [new V1LoadBalancerIngress { Ip = "192.0.2.12" }] } };
        Assert.Equal(["192.0.2.12"], Plan(service));
        taken[IPAddress.Parse("192.0.2.12")] = "node n1";
        Assert.Equal(["192.0.2.10"], Plan(service));
    }

    [Theory]
    [InlineData("spec", "192.0.2.11", "192.0.2.11")]
    [InlineData("metallb.io/loadBalancerIPs", "192.0.2.12", "192.0.2.12")]
    [InlineData("metallb.universe.tf/loadBalancerIPs", "192.0.2.12", "192.0.2.12")]
    [InlineData("vitrine.dev/lb-pool", "lan", "198.51.100.0")]
    public void A_wish_is_heard(string where, string value, string address) => Assert.Equal([address], Plan(Service(where, value)));

    [Theory]
    [InlineData("spec", "10.0.0.1", "the address 10.0.0.1 is in no pool; ask for one of 192.0.2.10-192.0.2.12, lan=198.51.100.0-198.51.100.3")]
    [InlineData("spec", "192.0.2.10", "the address 192.0.2.10 is default/other's already")]
    [InlineData("metallb.io/loadBalancerIPs", "nonsense", "annotation metallb.io/loadBalancerIPs: \"nonsense\" is not an address")]
    [InlineData("metallb.io/loadBalancerIPs", "2001:db8::1", "does not fit the Service's ipFamilies [IPv4]")]
    [InlineData("vitrine.dev/lb-pool", "wan", "there is no pool \"wan\"; there are: default, lan")]
    public void A_wish_that_cannot_be_granted_is_explained(string where, string value, string why)
    {
        taken[IPAddress.Parse("192.0.2.10")] = "default/other";
        Assert.Contains(why, BalancerPlan.Compile(Service(where, value), Pools, taken).Pending, StringComparison.Ordinal);
    }

    [Fact]
    public void No_pool_and_a_full_pool_say_what_to_do()
    {
        Assert.Contains("no pool of LoadBalancer addresses; bring one up with vitrine up --lb-pool", BalancerPlan.Compile(Service(), [], taken).Pending, StringComparison.Ordinal);
        for (var i = 10; i <= 12; i++)
        {
            taken[IPAddress.Parse($"192.0.2.{i}")] = "default/other";
        }

        Assert.Contains("no IPv4 address is free in 192.0.2.10-192.0.2.12", BalancerPlan.Compile(Service(), Pools[..2], taken).Pending, StringComparison.Ordinal);
    }

    [Fact]
    public void A_family_without_a_pool_is_missed_only_where_it_is_required()
    {
        var service = Service(families: ["IPv4", "IPv6"]);
        service.Spec.IpFamilyPolicy = "PreferDualStack";
        Assert.Equal(["192.0.2.10"], [.. BalancerPlan.Compile(service, Pools[..1], taken).Addresses.Select(a => $"{a}")]);
        service.Spec.IpFamilyPolicy = "RequireDualStack";
        Assert.Contains("no pool has IPv6 addresses", BalancerPlan.Compile(service, Pools[..1], taken).Pending, StringComparison.Ordinal);
        service.Spec.IpFamilyPolicy = "PreferDualStack";
        Assert.Contains("no pool has IPv6 addresses", BalancerPlan.Compile(Service(families: ["IPv6"]), Pools[..1], taken).Pending, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("vitrine.dev/lb", true)]
    [InlineData("example.com/other", false)]
    public void Another_class_is_left_alone(string? name, bool ours)
    {
        var service = Service();
        service.Spec.LoadBalancerClass = name;
        Assert.Equal(ours, BalancerWish.IsOurs(service));
    }

    [Theory]
    [InlineData("172.30.0.0/24", "172.30.0.192-172.30.0.254")]
    [InlineData("172.30.0.0/28", "172.30.0.12-172.30.0.14")]
    [InlineData("172.16.0.0/16", "172.16.255.0-172.16.255.254")]
    [InlineData("fd00:172:30::/64", "fd00:172:30:0:ffff:ffff:ffff:ff00-fd00:172:30:0:ffff:ffff:ffff:ffff")]
    public void The_default_pool_is_the_end_of_the_nodes_range(string nodes, string pool) => Assert.Equal(pool, AddressPool.AtEndOf(IPNetwork.Parse(nodes)).ToString());

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("10.0.0.9-10.0.0.1")]
    [InlineData("10.0.0.1-fd00::1")]
    [InlineData("")]
    public void What_is_no_range_is_no_pool(string text) => Assert.Null(AddressPool.Parse(text));

    private string[] Plan(V1Service service)
    {
        var plan = BalancerPlan.Compile(service, Pools, taken);
        Assert.Null(plan.Pending);
        return [.. plan.Addresses.Select(a => $"{a}")];
    }

    private static AddressPool Pool(string text) => AddressPool.Parse(text)!;

    private static V1Service Service(string where = "", string value = "", string[]? families = null) => new()
    {
        Metadata = new V1ObjectMeta { Name = "web", NamespaceProperty = "default", Uid = "u", Annotations = where is "" or "spec" ? null : new Dictionary<string, string> { [where] = value } },
        Spec = new V1ServiceSpec { Type = "LoadBalancer", IpFamilies = families ?? ["IPv4"], IpFamilyPolicy = families is { Length: 2 } ? "RequireDualStack" : "SingleStack", LoadBalancerIP = where == "spec" ? value : null },
    };
}
