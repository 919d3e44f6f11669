using System.Net;
using Vitrine.Agent;
using Vitrine.Agent.Containerd;
using Xunit;

namespace Vitrine.Unit.Agent.Containerd;

public sealed class ContainerdConfigTests
{
    [Fact]
    public void Every_path_is_the_nodes_own()
    {
        var options = Options();
        var text = ContainerdConfig.Compile(ContainerdPaths.For(options), options, mayLowerOomScore: true);
        Assert.Contains("root = \"/data/containerd\"", text, StringComparison.Ordinal);
        Assert.Contains("address = \"/run/n/containerd.sock\"", text, StringComparison.Ordinal);
        Assert.Contains("Root = \"/run/n/crun\"", text, StringComparison.Ordinal);
        Assert.Contains("BinaryName = \"crun\"", text, StringComparison.Ordinal);
        Assert.Contains("restrict_oom_score_adj = false", text, StringComparison.Ordinal);
        Assert.DoesNotContain("/var/lib/containerd", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_CAP_SYS_RESOURCE_the_oom_score_is_restricted() =>
        Assert.Contains("restrict_oom_score_adj = true", ContainerdConfig.Compile(ContainerdPaths.For(Options()), Options(), mayLowerOomScore: false), StringComparison.Ordinal);

    [Theory]
    [InlineData("a\"b", "\"a\\\"b\"")]
    [InlineData("a\\b", "\"a\\\\b\"")]
    [InlineData("a\nb", "\"a\\u000Ab\"")]
    public void Toml_strings_cannot_be_left_by_their_content(string value, string quoted) => Assert.Equal(quoted, TomlString.Quote(value));

    [Fact]
    public void The_mirror_is_not_asked_through_the_proxy()
    {
        var environment = ContainerdLoop.ProxyEnvironment(Options() with { ImageMirror = "http://192.0.2.1:5000", PullProxy = "http://192.0.2.1:3128" });
        Assert.Contains("HTTPS_PROXY=http://192.0.2.1:3128", environment);
        Assert.Contains(environment, v => v.StartsWith("NO_PROXY=192.0.2.1,", StringComparison.Ordinal));
    }

    private static NodeAgentOptions Options() => new()
    {
        Kubeconfig = "/k",
        NodeName = "n",
        NodeAddresses = [IPAddress.Loopback],
        ServingCertificate = null!,
        ClusterCa = null!,
        DataDirectory = "/data",
        RunDirectory = "/run/n",
        CniBinDirectory = "/cni",
        CgroupParent = "/c",
        Runtime = "crun",
    };
}
