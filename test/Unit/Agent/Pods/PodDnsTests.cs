using k8s.Models;
using Vitrine.Agent.Cri;
using Vitrine.Agent.Pods;
using Xunit;

namespace Vitrine.Unit.Agent.Pods;

public sealed class PodDnsTests
{
    private static readonly DNSConfig Node = ResolvConf.Parse("nameserver 192.0.2.1\nsearch office.example\noptions timeout:1\n");

    [Theory]
    [InlineData(null, false)]
    [InlineData("ClusterFirst", false)]
    [InlineData("ClusterFirstWithHostNet", true)]
    public void ClusterFirst_asks_the_cluster_and_searches_its_own_namespace_first(string? policy, bool hostNetwork)
    {
        var dns = Compute(policy, hostNetwork);
        Assert.Equal(["10.96.0.10", "fd00:96::a"], dns.Servers);
        Assert.Equal(["default.svc.cluster.local", "svc.cluster.local", "cluster.local", "office.example"], dns.Searches);
        Assert.Equal(["ndots:5"], dns.Options);
    }

    [Theory]
    [InlineData("Default", false)]
    [InlineData("ClusterFirst", true)]
    public void Default_and_ClusterFirst_on_the_host_network_are_the_nodes_own(string policy, bool hostNetwork)
    {
        var dns = Compute(policy, hostNetwork);
        Assert.Equal(["192.0.2.1"], dns.Servers);
        Assert.Equal(["office.example"], dns.Searches);
        Assert.Equal(["timeout:1"], dns.Options);
    }

    [Fact]
    public void None_is_only_what_the_pod_says()
    {
        var dns = Compute("None", false, new V1PodDNSConfig { Nameservers = ["192.0.2.53"], Searches = ["a.example"] });
        Assert.Equal(["192.0.2.53"], dns.Servers);
        Assert.Equal(["a.example"], dns.Searches);
        Assert.Empty(dns.Options);
    }

    [Fact]
    public void DnsConfig_adds_and_its_options_win()
    {
        var dns = Compute("ClusterFirst", false, new V1PodDNSConfig
        {
            Nameservers = ["192.0.2.53", "10.96.0.10"],
            Searches = ["svc.cluster.local", "a.example"],
            Options = [new V1PodDNSConfigOption { Name = "ndots", Value = "2" }, new V1PodDNSConfigOption { Name = "edns0" }],
        });
        Assert.Equal(["10.96.0.10", "fd00:96::a", "192.0.2.53"], dns.Servers);
        Assert.Equal(["default.svc.cluster.local", "svc.cluster.local", "cluster.local", "office.example", "a.example"], dns.Searches);
        Assert.Equal(["ndots:2", "edns0"], dns.Options);
    }

    [Fact]
    public void What_a_resolver_does_not_read_is_left_out()
    {
        var dns = Compute("ClusterFirst", false, new V1PodDNSConfig
        {
            Nameservers = ["192.0.2.2", "192.0.2.3"],
            Searches = [.. Enumerable.Range(0, 40).Select(i => $"s{i}.example")],
        });
        Assert.Equal(["10.96.0.10", "fd00:96::a", "192.0.2.2"], dns.Servers);
        Assert.Equal(32, dns.Searches.Count);
        var wide = Compute("ClusterFirst", false, new V1PodDNSConfig { Searches = [.. Enumerable.Range(0, 12).Select(i => $"{new string('a', 60)}.{new string('b', 60)}.{new string('c', 60)}.{i}.example")] });
        Assert.True(string.Join(' ', wide.Searches).Length <= 2048);
        Assert.True(wide.Searches.Count < 16);
    }

    private static DNSConfig Compute(string? policy, bool hostNetwork, V1PodDNSConfig? config = null)
    {
        var pod = PodBuilder.Pod();
        (pod.Spec.DnsPolicy, pod.Spec.HostNetwork, pod.Spec.DnsConfig) = (policy, hostNetwork, config);
        return new PodDns(Node, ["10.96.0.10", "fd00:96::a"], "cluster.local").Compute(pod);
    }
}
