using CsCheck;
using Vitrine.Cni.Config;
using Vitrine.Cni.Wiring;
using Xunit;

namespace Vitrine.Unit.Cni;

public sealed class NamesTests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("0a_b.c-D", true)]
    [InlineData("", false)]
    [InlineData(".hidden", false)]
    [InlineData("..", false)]
    [InlineData("a/b", false)]
    [InlineData("a\nb", false)]
    [InlineData("é", false)]
    public void An_identifier_is_one_path_component(string text, bool valid) => Assert.Equal(valid, Names.IsIdentifier(text));

    [Theory]
    [InlineData("/run/netns/x", true)]
    [InlineData("/", false)]
    [InlineData("run/netns", false)]
    [InlineData("/run/../etc", false)]
    [InlineData("/run//netns", false)]
    [InlineData("/run/./x", false)]
    [InlineData("/run/x/", false)]
    [InlineData("/run/\0x", false)]
    public void A_clean_path_has_no_way_up(string text, bool valid) => Assert.Equal(valid, Names.IsCleanPath(text));

    [Fact]
    public void A_host_links_name_is_valid_and_depends_on_every_part()
    {
        var id = Gen.String[Gen.Char.AlphaNumeric, 1, 64];
        Gen.Select(id, id, id).Sample((network, container, ifname) =>
        {
            var name = HostLink.Of(network, new Attachment(container, ifname)).Name;
            return Names.IsInterfaceName(name)
                && name == HostLink.Of(network, new Attachment(container, ifname)).Name
                && name != HostLink.Of(network + "x", new Attachment(container, ifname)).Name
                && name != HostLink.Of(network, new Attachment(container + "x", ifname)).Name
                && name != HostLink.Of(network, new Attachment(container, ifname + "x")).Name;
        });
    }

    [Fact]
    public void Both_macs_are_local_unicast_and_differ()
    {
        var link = HostLink.Of("net", new Attachment("a", "eth0"));
        Assert.NotEqual(link.Mac, link.PodMac);
        Assert.All([link.Mac, link.PodMac], m => Assert.Equal(0x02UL, m.Value >> 40 & 0x03));
    }
}
