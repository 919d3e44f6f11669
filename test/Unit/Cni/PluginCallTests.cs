using Vitrine.Cni;
using Vitrine.Cni.Invocation;
using Xunit;

namespace Vitrine.Unit.Cni;

public sealed class PluginCallTests
{
    [Fact]
    public void Del_needs_no_namespace()
    {
        var call = Read(("CNI_COMMAND", "DEL"), ("CNI_CONTAINERID", "a"), ("CNI_IFNAME", "eth0"));
        Assert.Null(call.NetnsPath);
        Assert.Equal("a", call.Attachment.ContainerId);
    }

    [Theory]
    [InlineData("K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0", "shop/web-0")]
    [InlineData("IgnoreUnknown=1;K8S_POD_NAME=a.b;K8S_POD_NAMESPACE=x", "x/a.b")]
    [InlineData("K8S_POD_NAMESPACE=shop", null)]
    [InlineData("K8S_POD_NAMESPACE=a\nb;K8S_POD_NAME=c", null)]
    [InlineData(";;=;", null)]
    [InlineData("", null)]
    public void The_pod_is_taken_from_the_arguments_when_it_is_a_name(string args, string? pod) =>
        Assert.Equal(pod, Read(("CNI_COMMAND", "DEL"), ("CNI_CONTAINERID", "a"), ("CNI_IFNAME", "eth0"), ("CNI_ARGS", args)).Pod);

    [Fact]
    public void A_missing_variable_is_named()
    {
        var e = Assert.Throws<CniException>(() => Read(("CNI_COMMAND", "ADD"), ("CNI_CONTAINERID", "a"), ("CNI_IFNAME", "eth0")));
        Assert.Equal((ErrorCode.InvalidEnvironment, "CNI_NETNS is missing"), (e.Code, e.Message));
    }

    private static PluginCall Read(params (string Name, string Value)[] environment) =>
        PluginCall.Read(name => environment.FirstOrDefault(v => v.Name == name).Value);
}
