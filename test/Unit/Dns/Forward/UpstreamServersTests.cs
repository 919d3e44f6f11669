using System.Collections.Immutable;
using System.Net;
using Vitrine.Dns.Forward;
using Vitrine.Dns.Wire;
using Xunit;

namespace Vitrine.Unit.Dns.Forward;

public sealed class UpstreamServersTests
{
    private static readonly IPEndPoint A = Server(1), B = Server(2), Corp = Server(3), Deep = Server(4);
    private readonly ManualTime time = new();

    [Fact]
    public void The_longest_stub_domain_a_name_is_in_has_the_word()
    {
        var servers = Make();
        Assert.Equal([A, B], servers.For(WireName.Parse("www.example.com")));
        Assert.Equal([Corp], servers.For(WireName.Parse("git.corp.example")));
        Assert.Equal([Corp], servers.For(WireName.Parse("corp.example")));
        Assert.Equal([Deep], servers.For(WireName.Parse("a.deep.corp.example")));
        Assert.Equal([A, B], servers.For(WireName.Parse("xcorp.example")));
    }

    [Fact]
    public void A_silent_server_comes_last_until_it_is_heard_or_a_while_has_passed()
    {
        var servers = Make();
        var name = WireName.Parse("www.example.com");
        servers.NotHeard(A);
        Assert.Equal([B, A], servers.For(name));
        servers.Heard(A);
        Assert.Equal([A, B], servers.For(name));
        servers.NotHeard(A);
        time.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal([A, B], servers.For(name));
    }

    [Fact]
    public void Our_own_addresses_are_left_out()
    {
        var servers = new UpstreamServers([A, B], new Dictionary<string, ImmutableArray<IPEndPoint>>(), [A.Address], time);
        Assert.Equal([A], servers.Refused);
        Assert.Equal([B], servers.For(WireName.Parse("www.example.com")));
    }

    private UpstreamServers Make() => new([A, B], new Dictionary<string, ImmutableArray<IPEndPoint>> { ["Corp.example"] = [Corp], ["deep.corp.example"] = [Deep] }, [], time);

    private static IPEndPoint Server(byte last) => new(new IPAddress([192, 0, 2, last]), 53);
}
