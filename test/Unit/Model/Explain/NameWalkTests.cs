using System.Net;
using System.Net.Sockets;
using Vitrine.Model.Explain;
using Vitrine.Model.Explain.Services;
using Vitrine.Model.Plans.Dns;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Unit.Model.Explain;

/// <summary>Names as a pod's resolver asks for them, and what may have been meant.</summary>
public sealed class NameWalkTests
{
    private static readonly IPAddress Dns = IPAddress.Parse("10.96.0.10");

    [Theory]
    [InlineData("web")]
    [InlineData("web.default")]
    [InlineData("web.default.svc")]
    [InlineData("web.default.svc.cluster.local")]
    [InlineData("web.default.svc.cluster.local.")]
    public void Every_form_of_a_Services_name_finds_it(string name)
    {
        var found = Resolve(name);
        Assert.Null(found.Failure);
        Assert.Equal([ServiceTown.Address], found.Addresses);
        Assert.Equal("web.default.svc.cluster.local", found.Name);
        Assert.Equal("service/default/web", found.Owner);
        Assert.Equal(["pod/default/client", "node/node-1"], found.Hops.Select(h => h.Where));
    }

    [Fact]
    public void A_misspelt_name_is_told_with_the_nearest() => Told("wbe", "service/default/wbe", "ask for web");

    [Fact]
    public void A_misspelt_name_in_a_namespace_too() => Told("wbe.default", "service/default/wbe", "ask for web.default");

    [Fact]
    public void A_Service_of_another_namespace_is_told() => Told("cart", "service/default/cart", "ask for cart.shop");

    [Fact]
    public void A_wrong_namespace_is_told() => Told("cart.default", "service/default/cart", "ask for cart.shop");

    [Fact]
    public void A_name_nobody_meant_says_where_to_look()
    {
        var found = Resolve("something-else-altogether");
        Assert.Equal(Verdict.NoSuchName, found.Failure!.Verdict);
        Assert.Equal("kubectl get services -n default", found.Failure.Command);
    }

    [Fact]
    public void A_name_of_the_world_leaves_the_cluster() => Assert.Equal(Verdict.LeavesCluster, Resolve("www.example.org").Failure!.Verdict);

    [Fact]
    public void Who_does_not_ask_the_clusters_DNS_does_not_know_its_names()
    {
        var found = Resolve("web", new ResolverSettings { Servers = ["192.0.2.1"] });
        Assert.Equal("pod/default/client", found.Failure!.Culprit);
        Assert.Contains("dnsPolicy", found.Failure.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_resolv_conf_is_read_as_the_C_library_reads_it()
    {
        var settings = ResolverSettings.Parse("# made by hand\nsearch a.b c\nnameserver 10.96.0.10\nnameserver fd00::a\noptions timeout:1 ndots:99\n");
        Assert.Equal(["a.b", "c"], settings.Search);
        Assert.Equal(["10.96.0.10", "fd00::a"], settings.Servers);
        Assert.Equal(15, settings.Ndots);
    }

    [Theory]
    [InlineData("web", "wbe", 1)]
    [InlineData("web", "webs", 1)]
    [InlineData("redis-leader", "redis-leeder", 1)]
    [InlineData("", "abc", 3)]
    [InlineData("same", "same", 0)]
    public void Distances_count_single_slips(string a, string b, int distance) => Assert.Equal(distance, Nearest.Distance(a, b));

    private static void Told(string name, string culprit, string fix)
    {
        var found = Resolve(name);
        Assert.Equal((Verdict.NoSuchName, culprit, fix), (found.Failure!.Verdict, found.Failure.Culprit, found.Failure.Fix));
        Assert.Empty(found.Addresses);
    }

    private static NameResult Resolve(string name, ResolverSettings? resolver = null)
    {
        var town = new ServiceTown { Others = [new Service { Namespace = "shop", Name = "cart", Uid = "cart", ClusterIPs = [IPAddress.Parse("10.96.0.30")], Ports = [new ServicePort("", "TCP", 80, "80", 0)] }] };
        var scene = town.Scene();
        return NameWalk.Resolve(scene, DnsPlan.Compile(scene.Snapshot, "cluster.local", [Dns]), [Dns], new Place(Place.Pod(town.Client.Key), town.Client.Addresses[0]),
            resolver ?? ResolverSettings.ClusterFirst("default", "cluster.local", [Dns]), name, AddressFamily.InterNetwork);
    }
}
