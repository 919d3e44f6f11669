using System.Net;
using Vitrine.Model.Snapshot;
using Xunit;
using static Vitrine.Kernel.Dns.DnsLab;

namespace Vitrine.Kernel.Dns;

/// <summary>Every rule of the Kubernetes DNS specification 1.1.0, asked with dig over a real socket.</summary>
public sealed class SpecificationTests : IDisposable
{
    private static readonly Service Kubernetes = ServiceOf("kubernetes") with { ClusterIPs = [IPAddress.Parse("10.96.0.1")], Ports = [new ServicePort("https", "TCP", 443, "6443", 0)] };

    private static readonly Service Dual = ServiceOf("dual") with
    {
        ClusterIPs = [IPAddress.Parse("10.96.3.4"), IPAddress.Parse("fd00:96::3:4")],
        Ports = [new ServicePort("dns", "UDP", 53, "53", 0), new ServicePort("dns-tcp", "TCP", 53, "53", 0)],
    };

    private static readonly Service Headless = ServiceOf("headless") with { Headless = true, Ports = [new ServicePort("web", "TCP", 80, "8080", 0)] };

    private readonly DnsLab lab = new DnsLab()
        .Add(Kubernetes)
        .Add(Dual)
        .Add(Headless, SliceOf(Headless, "a", EndpointOf("10.244.1.5", "my-pet"), EndpointOf("10.244.1.6"), EndpointOf("10.244.1.7") with { Ready = false }) with { Ports = [new EndpointPort("web", "TCP", 8080)] },
            SliceOf(Headless, "b", EndpointOf("fd00:244::5", "my-pet")) with { Ports = [new EndpointPort("web", "TCP", 8080)] })
        .Add(ServiceOf("elsewhere") with { Type = ServiceType.ExternalName, ExternalName = "www.example.com" });

    [Fact]
    public void Section_2_2_the_schema_version() => Assert.Equal(["\"1.1.0\""], lab.Short("dns-version.cluster.local TXT"));

    [Fact]
    public void Section_2_3_1_a_ClusterIP_has_A_and_AAAA_by_its_families()
    {
        Assert.Equal(["10.96.0.1"], lab.Short("kubernetes.default.svc.cluster.local A"));
        Assert.Equal(["10.96.3.4"], lab.Short("dual.default.svc.cluster.local A"));
        Assert.Equal(["fd00:96::3:4"], lab.Short("dual.default.svc.cluster.local AAAA"));
        Assert.Empty(lab.Short("kubernetes.default.svc.cluster.local AAAA"));
        Assert.Equal("NOERROR", lab.Status("kubernetes.default.svc.cluster.local AAAA"));
    }

    [Fact]
    public void Section_2_3_2_each_named_port_has_an_SRV_with_the_address_beside_it()
    {
        Assert.Equal(["0 100 443 kubernetes.default.svc.cluster.local."], lab.Short("_https._tcp.kubernetes.default.svc.cluster.local SRV"));
        Assert.Equal(["0 100 53 dual.default.svc.cluster.local."], lab.Short("_dns._udp.dual.default.svc.cluster.local SRV"));
        Assert.Equal("NXDOMAIN", lab.Status("_dns._tcp.dual.default.svc.cluster.local SRV"));
        var whole = lab.Dig("_dns-tcp._tcp.dual.default.svc.cluster.local SRV");
        Assert.Contains("ADDITIONAL: 3", whole);
        Assert.Matches(@"dual\.default\.svc\.cluster\.local\.\s+30\s+IN\s+AAAA\s+fd00:96::3:4", whole);
    }

    [Fact]
    public void Section_2_3_3_a_ClusterIP_has_a_PTR()
    {
        Assert.Equal(["kubernetes.default.svc.cluster.local."], lab.Short("-x 10.96.0.1"));
        Assert.Equal(["dual.default.svc.cluster.local."], lab.Short("-x fd00:96::3:4"));
    }

    [Fact]
    public void Section_2_4_1_a_headless_Service_has_the_addresses_of_its_ready_endpoints()
    {
        Assert.Equal(["10.244.1.5", "10.244.1.6"], lab.Short("headless.default.svc.cluster.local A"));
        Assert.Equal(["fd00:244::5"], lab.Short("headless.default.svc.cluster.local AAAA"));
        Assert.Equal(["10.244.1.5"], lab.Short("my-pet.headless.default.svc.cluster.local A"));
        Assert.Equal(["fd00:244::5"], lab.Short("my-pet.headless.default.svc.cluster.local AAAA"));
        Assert.Equal(["10.244.1.6"], lab.Short("10-244-1-6.headless.default.svc.cluster.local A"));
        Assert.Equal("NXDOMAIN", lab.Status("10-244-1-7.headless.default.svc.cluster.local A"));
    }

    [Fact]
    public void Section_2_4_1_without_ready_endpoints_the_name_does_not_exist()
    {
        var lonely = ServiceOf("lonely") with { Headless = true };
        lab.Add(lonely, SliceOf(lonely, "l", EndpointOf("10.244.1.9") with { Ready = false }));
        Assert.Equal("NXDOMAIN", lab.Status("lonely.default.svc.cluster.local A"));
        lab.Add(lonely with { PublishNotReadyAddresses = true });
        Assert.Equal(["10.244.1.9"], lab.Short("lonely.default.svc.cluster.local A"));
    }

    [Fact]
    public void Section_2_4_2_each_endpoint_and_port_has_an_SRV() =>
        Assert.Equal(
            ["0 50 8080 10-244-1-6.headless.default.svc.cluster.local.", "0 50 8080 my-pet.headless.default.svc.cluster.local."],
            lab.Short("_web._tcp.headless.default.svc.cluster.local SRV"));

    [Fact]
    public void Section_2_4_3_endpoints_have_a_PTR()
    {
        Assert.Equal(["my-pet.headless.default.svc.cluster.local."], lab.Short("-x 10.244.1.5"));
        Assert.Equal(["my-pet.headless.default.svc.cluster.local."], lab.Short("-x fd00:244::5"));
    }

    [Fact]
    public void Section_2_5_an_ExternalName_is_a_CNAME() => Assert.Equal(["www.example.com."], lab.Short("elsewhere.default.svc.cluster.local CNAME"));

    [Fact]
    public void Section_2_5_an_alias_within_the_cluster_is_followed()
    {
        lab.Add(ServiceOf("alias") with { Type = ServiceType.ExternalName, ExternalName = "dual.default.svc.cluster.local" });
        Assert.Equal(["10.96.3.4", "dual.default.svc.cluster.local."], lab.Short("alias.default.svc.cluster.local A"));
        Assert.Equal(["10.96.3.4", "dual.default.svc.cluster.local."], lab.Short("+tcp alias.default.svc.cluster.local A"));
        lab.Add(ServiceOf("self") with { Type = ServiceType.ExternalName, ExternalName = "self.default.svc.cluster.local" });
        Assert.Equal("SERVFAIL", lab.Status("self.default.svc.cluster.local A"));
    }

    [Fact]
    public void Section_2_6_pod_records()
    {
        Assert.Equal(["10.244.9.9"], lab.Short("10-244-9-9.default.pod.cluster.local A"));
        Assert.Equal(["fd00:244::9"], lab.Short("fd00-244--9.default.pod.cluster.local AAAA"));
        Assert.Equal("NOERROR", lab.Status("10-244-9-9.default.pod.cluster.local AAAA"));
        Assert.Equal("NXDOMAIN", lab.Status("10-244-9-9.nowhere.pod.cluster.local A"));
        Assert.Equal("NXDOMAIN", lab.Status("10-244-9.default.pod.cluster.local A"));
    }

    [Fact]
    public void Names_are_compared_without_case_and_given_back_as_asked() =>
        Assert.Matches(@"kUBERNETES\.Default\.svc\.Cluster\.local\.\s+30\s+IN\s+A\s+10\.96\.0\.1", lab.Dig("kUBERNETES.Default.svc.Cluster.local A"));

    [Fact]
    public void What_is_missing_is_denied_with_the_zones_SOA()
    {
        var denied = lab.Dig("missing.default.svc.cluster.local A");
        Assert.Contains("status: NXDOMAIN", denied);
        Assert.Matches(@"cluster\.local\.\s+5\s+IN\s+SOA\s+ns\.dns\.cluster\.local\. hostmaster\.cluster\.local\. \d+ 7200 1800 86400 5", denied);
        Assert.Contains("flags: qr aa rd", denied);
    }

    [Theory]
    [InlineData("cluster.local")]
    [InlineData("svc.cluster.local")]
    [InlineData("pod.cluster.local")]
    [InlineData("default.svc.cluster.local")]
    [InlineData("_tcp.kubernetes.default.svc.cluster.local")]
    public void Names_with_others_below_exist_without_records(string name)
    {
        Assert.Equal("NOERROR", lab.Status($"{name} A"));
        Assert.Empty(lab.Short($"{name} A"));
    }

    [Theory]
    [InlineData("*.default.svc.cluster.local")]
    [InlineData("any.default.svc.cluster.local")]
    [InlineData("kubernetes.*.svc.cluster.local")]
    [InlineData("nowhere.svc.cluster.local")]
    [InlineData("a.kubernetes.default.svc.cluster.local")]
    [InlineData("xcluster.local.cluster.local")]
    public void There_are_no_wildcards(string name) => Assert.Equal("NXDOMAIN", lab.Status($"{name} A"));

    [Fact]
    public void The_answer_is_the_same_over_TCP_and_IPv6()
    {
        Assert.Equal(["10.96.0.1"], lab.Short("+tcp kubernetes.default.svc.cluster.local A"));
        Assert.Equal(["10.96.0.1"], lab.Short("kubernetes.default.svc.cluster.local A", V6));
        Assert.Equal(["10.96.0.1"], lab.Short("+tcp kubernetes.default.svc.cluster.local A", V6));
    }

    [Fact]
    public void A_Service_that_goes_takes_its_names_with_it_and_no_others()
    {
        lab.Update(lab.Snapshot with { Services = lab.Snapshot.Services.Remove(Dual.Key) }, Dual.Key);
        foreach (var name in new[] { "dual.default.svc.cluster.local A", "_udp.dual.default.svc.cluster.local A", "_dns._udp.dual.default.svc.cluster.local SRV" })
            Assert.Equal("NXDOMAIN", lab.Status(name));
        Assert.Empty(lab.Short("-x 10.96.3.4"));
        Assert.Equal(["10.96.0.1"], lab.Short("kubernetes.default.svc.cluster.local A"));
    }

    [Fact]
    public void Before_the_first_snapshot_nobody_is_told_that_a_name_does_not_exist()
    {
        using var early = new DnsLab();
        Assert.Equal("SERVFAIL", early.Status("kubernetes.default.svc.cluster.local A"));
        Assert.Equal(["\"1.1.0\""], early.Short("dns-version.cluster.local TXT"));
    }

    public void Dispose() => lab.Dispose();
}
