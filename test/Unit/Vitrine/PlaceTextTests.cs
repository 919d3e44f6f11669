using Vitrine.Explaining;
using Vitrine.Model.Explain;
using Xunit;

namespace Vitrine.Unit.Executable;

public sealed class PlaceTextTests
{
    [Theory]
    [InlineData("web", "web", 0, Transport.Icmp)]
    [InlineData("pod/web:80", "pod/web", 80, Transport.Tcp)]
    [InlineData("pod/shop/web:53/udp", "pod/shop/web", 53, Transport.Udp)]
    [InlineData("node/node-1", "node/node-1", 0, Transport.Icmp)]
    [InlineData("10.1.2.3:443", "10.1.2.3", 443, Transport.Tcp)]
    [InlineData("fd00::1", "fd00::1", 0, Transport.Icmp)]
    [InlineData("[fd00::1]:80/tcp", "fd00::1", 80, Transport.Tcp)]
    [InlineData("[fd00::1]", "fd00::1", 0, Transport.Icmp)]
    [InlineData("pod/tcp", "pod/tcp", 0, Transport.Icmp)]
    [InlineData("svc/tcp", "svc/tcp", 0, Transport.Icmp)]
    [InlineData("http://redis-leader:6379/x", "redis-leader", 6379, Transport.Tcp)]
    [InlineData("http://web.default", "web.default", 80, Transport.Tcp)]
    [InlineData("https://[fd00::1]/", "fd00::1", 443, Transport.Tcp)]
    public void A_place_is_read_as_it_is_written(string text, string name, int port, Transport transport)
    {
        var parsed = PlaceText.Parse(text);
        Assert.Equal((name, port, transport), (parsed.Name, parsed.Port, parsed.Transport));
    }

    [Theory]
    [InlineData("pod/web:0")]
    [InlineData("pod/web:http")]
    [InlineData("pod/web/udp")]
    [InlineData("pod/web:80/icmp")]
    [InlineData("http://")]
    [InlineData("unix:///run/x")]
    public void What_makes_no_sense_is_refused_with_a_remedy(string text) =>
        Assert.NotNull(Assert.Throws<CommandFailure>(() => PlaceText.Parse(text)).Remedy);
}
