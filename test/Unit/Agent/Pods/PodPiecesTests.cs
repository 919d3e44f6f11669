using k8s.Models;
using Vitrine.Agent.Pods;
using Xunit;

namespace Vitrine.Unit.Agent.Pods;

public sealed class PodPiecesTests
{
    [Fact]
    public void Resolv_conf_keeps_three_servers_and_the_last_search_line()
    {
        var dns = ResolvConf.Parse("# comment\nnameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4\nsearch a.example\nsearch b.example c.example\noptions ndots:2 edns0\n");
        Assert.Equal(["192.0.2.1", "192.0.2.2", "192.0.2.3"], dns.Servers);
        Assert.Equal(["b.example", "c.example"], dns.Searches);
        Assert.Equal(["ndots:2", "edns0"], dns.Options);
    }

    [Fact]
    public void DnsPolicy_None_uses_only_what_the_pod_says()
    {
        var pod = PodBuilder.Pod();
        pod.Spec.DnsPolicy = "None";
        pod.Spec.DnsConfig = new V1PodDNSConfig { Nameservers = ["192.0.2.53"], Options = [new V1PodDNSConfigOption { Name = "ndots", Value = "1" }] };
        var dns = new PodDns(ResolvConf.Parse("nameserver 192.0.2.1\n"), [], "cluster.local").Compute(pod);
        Assert.Equal(["192.0.2.53"], dns.Servers);
        Assert.Equal(["ndots:1"], dns.Options);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData("a\0b")]
    public void Names_that_could_leave_their_directory_are_refused(string name) =>
        Assert.Throws<ArgumentException>(() => PodPaths.Safe(name));

    [Fact]
    public void The_hosts_file_names_the_pod_by_its_address()
    {
        var pod = PodBuilder.Pod();
        pod.Spec.HostAliases = [new V1HostAlias { Ip = "192.0.2.7", Hostnames = ["x", "y"] }];
        var hosts = HostsFile.Compute(pod, "web", "web.sub.default.svc.cluster.local", ["10.1.0.2"]);
        Assert.Contains("\n10.1.0.2\tweb.sub.default.svc.cluster.local\tweb\n", hosts, StringComparison.Ordinal);
        Assert.Contains("\n192.0.2.7\tx\ty\n", hosts, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_pod_name_makes_a_hostname_of_63_bytes()
    {
        var pod = PodBuilder.Pod();
        pod.Metadata.Name = new string('a', 62) + "-" + new string('b', 20);
        Assert.Equal(new string('a', 62), PodHostname.Short(pod));
    }

    [Theory]
    [InlineData(null, null, null, null, "BestEffort")]
    [InlineData("1", null, null, null, "Burstable")]
    [InlineData("1", "64Mi", null, null, "Guaranteed")]
    [InlineData("1", "64Mi", "500m", null, "Burstable")]
    [InlineData(null, null, "500m", null, "Burstable")]
    public void Qos_follows_requests_and_limits(string? cpuLimit, string? memoryLimit, string? cpuRequest, string? memoryRequest, string qos)
    {
        var pod = PodBuilder.Pod(containers: ["a"]);
        pod.Spec.Containers[0].Resources = new V1ResourceRequirements { Limits = List(cpuLimit, memoryLimit), Requests = List(cpuRequest, memoryRequest) };
        Assert.Equal(qos, QosClass.Of(pod));
    }

    [Fact]
    public void Limits_become_cgroup_settings()
    {
        var pod = PodBuilder.Pod(containers: ["a"]);
        pod.Spec.Containers[0].Resources = new V1ResourceRequirements { Limits = List("500m", "64Mi") };
        var resources = ContainerResources.Compute(pod, pod.Spec.Containers[0], 8L << 30);
        Assert.Equal((512, 50_000, 100_000, 64L << 20, -997), (resources.CpuShares, resources.CpuQuota, resources.CpuPeriod, resources.MemoryLimitInBytes, resources.OomScoreAdj));
    }

    [Theory]
    [InlineData(850, "850ms")]
    [InlineData(10_000, "10s")]
    [InlineData(80_000, "1m20s")]
    [InlineData(300_000, "5m0s")]
    [InlineData(1_250, "1.25s")]
    public void Durations_read_as_Go_prints_them(int milliseconds, string text) => Assert.Equal(text, GoDuration.Format(TimeSpan.FromMilliseconds(milliseconds)));

    private static Dictionary<string, ResourceQuantity> List(string? cpu, string? memory)
    {
        var list = new Dictionary<string, ResourceQuantity>();
        if (cpu is not null)
        {
            list["cpu"] = new ResourceQuantity(cpu);
        }

        if (memory is not null)
        {
            list["memory"] = new ResourceQuantity(memory);
        }

        return list;
    }
}
