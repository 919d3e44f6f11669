using Vitrine.Cni;
using Vitrine.Cni.Firewall;
using Vitrine.Cni.Invocation;
using Vitrine.Cni.Wiring;
using Vitrine.Linux.Netlink;
using Xunit;

namespace Vitrine.Unit.Cni;

public sealed class CallArgumentsTests
{
    [Fact]
    public void Addresses_mac_and_pod_are_read()
    {
        var arguments = CallArguments.Read("K8S_POD_NAMESPACE=shop;IP=10.0.0.5/24,fd00::5;MAC=02:00:00:00:00:05;K8S_POD_NAME=web;K8S_POD_UID=x;K8S_POD_INFRA_CONTAINER_ID=y", strict: true);
        Assert.Equal(["10.0.0.5", "fd00::5"], arguments.Addresses.Select(a => a.ToString()));
        Assert.Equal("02:00:00:00:00:05", arguments.Mac.ToString());
        Assert.Equal(("shop/web", "x"), (arguments.Pod, arguments.PodUid));
    }

    [Theory]
    [InlineData("WHO=me")]
    [InlineData("IgnoreUnknown=0;WHO=me")]
    [InlineData("nonsense")]
    [InlineData("IP=10.0.0")]
    [InlineData("IP=10.0.0.1;IP=x")]
    [InlineData("MAC=00:00:00:00:00:00")]
    [InlineData("MAC=02:00:00:00:00")]
    public void What_cannot_be_understood_is_code_4_but_never_for_a_del(string text)
    {
        Assert.Equal(ErrorCode.InvalidEnvironment, Assert.Throws<CniException>(() => CallArguments.Read(text, strict: true)).Code);
        Assert.Empty(CallArguments.Read(text, strict: false).Addresses);
    }

    [Fact]
    public void Unknown_keys_pass_when_they_are_to_be_ignored() => Assert.Null(CallArguments.Read("IgnoreUnknown=true;WHO=me", strict: true).Mac);

    [Fact]
    public void A_link_local_address_is_the_macs_modified_eui_64()
    {
        Assert.True(MacAddress.TryParse("00:11:22:33:44:55", out var mac));
        Assert.Equal("fe80::211:22ff:fe33:4455", LinkLocal.Of(mac).ToString());
    }

    [Theory]
    [InlineData("vtrabc net c1 eth0 shop/web", "vtrabc", "net")]
    [InlineData("vtrabc net c1", "vtrabc", "net")]
    [InlineData("bridge", null, null)]
    [InlineData(null, null, null)]
    public void An_owner_is_read_back_from_a_comment(string? comment, string? link, string? network) =>
        Assert.Equal((link, network), (EntryOwner.Parse(comment)?.Link, EntryOwner.Parse(comment)?.Network));
}
