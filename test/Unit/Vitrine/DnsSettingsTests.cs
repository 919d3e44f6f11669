using System.Net;
using Vitrine.Clusters;
using Xunit;

namespace Vitrine.Unit.Executable;

public sealed class DnsSettingsTests
{
    [Fact]
    public void Texts_become_servers_domains_and_addresses()
    {
        var dns = new DnsSettings { Upstreams = ["192.0.2.1", "2001:db8::1#5353"], Stubs = ["Corp.Example=192.0.2.2,192.0.2.3#54"], Hosts = ["printer.office=192.0.2.9"] }.Require();
        Assert.Equal([new IPEndPoint(IPAddress.Parse("192.0.2.1"), 53), new IPEndPoint(IPAddress.Parse("2001:db8::1"), 5353)], dns.UpstreamServers);
        Assert.Equal([new IPEndPoint(IPAddress.Parse("192.0.2.2"), 53), new IPEndPoint(IPAddress.Parse("192.0.2.3"), 54)], dns.StubServers["corp.example"]);
        Assert.Equal([IPAddress.Parse("192.0.2.9")], dns.HostAddresses["printer.office"]);
    }

    [Theory]
    [InlineData("cluster..local")]
    [InlineData("-a")]
    [InlineData("")]
    public void A_domain_that_is_none_is_said_so(string domain) =>
        Assert.Contains("--cluster-domain", Assert.Throws<CommandFailure>(() => new DnsSettings { Domain = domain }.Require()).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("dns.example")]
    [InlineData("192.0.2.1#")]
    [InlineData("192.0.2.1#0")]
    [InlineData("192.0.2.1#1#2")]
    public void A_server_that_is_no_address_is_said_so(string server)
    {
        Assert.Throws<CommandFailure>(() => new DnsSettings { Upstreams = [server] }.Require());
        Assert.Throws<CommandFailure>(() => new DnsSettings { Stubs = [$"a.example={server}"] }.Require());
    }

    [Theory]
    [InlineData("a.example")]
    [InlineData("a.example=")]
    [InlineData("=192.0.2.1")]
    [InlineData("a example=192.0.2.1")]
    public void A_stub_of_another_form_is_said_so(string stub) => Assert.Throws<CommandFailure>(() => new DnsSettings { Stubs = [stub] }.Require());

    [Fact]
    public void A_node_is_told_what_differs()
    {
        Assert.Equal(["--cluster-domain", "cluster.local"], new DnsSettings().Arguments);
        Assert.Equal(
            ["--cluster-domain", "c.test", "--dns-upstream", "192.0.2.1,192.0.2.2", "--dns-stub", "a=192.0.2.3", "--dns-host", "b=192.0.2.4", "--dns-autopath", "off"],
            new DnsSettings { Domain = "c.test", Upstreams = ["192.0.2.1", "192.0.2.2"], Stubs = ["a=192.0.2.3"], Hosts = ["b=192.0.2.4"], FollowsSearches = false }.Arguments);
    }
}
