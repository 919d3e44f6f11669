using Vitrine.Agent.Streaming;
using Xunit;

namespace Vitrine.Unit.Agent.Streaming;

public class PortChannelsTests
{
    [Fact]
    public void Ports_are_read_one_by_one_and_with_commas() => Assert.Equal([80, 90, 80], PortChannels.Ports(["80,90", "80"]));

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("0")]
    [InlineData("65536")]
    [InlineData("-1")]
    [InlineData(" 80")]
    [InlineData("http")]
    public void What_is_no_port_is_refused(string query) => Assert.Equal(400, Assert.Throws<KubeletException>(() => PortChannels.Ports([query])).Status);

    [Fact]
    public void More_ports_than_there_are_channels_are_refused() => Assert.Throws<KubeletException>(() => PortChannels.Ports(Enumerable.Repeat("80", 128)));

    [Fact]
    public void The_protocol_is_one_without_half_close()
    {
        Assert.Equal("v4.channel.k8s.io", ChannelProtocol.ForPorts(["v5.channel.k8s.io", "v4.base64.channel.k8s.io", "v4.channel.k8s.io"])?.Name);
        Assert.Null(ChannelProtocol.ForPorts(["v5.channel.k8s.io", ""]));
    }
}
