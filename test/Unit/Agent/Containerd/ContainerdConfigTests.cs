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

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("[2001:db8::1]", "2001:db8::1")]
    public void The_mirror_is_not_asked_through_the_proxy(string host, string direct)
    {
        var environment = ContainerdLoop.ProxyEnvironment(Options() with { ImageMirror = $"http://{host}:5000", PullProxy = $"http://{host}:3128" });
        Assert.Contains($"HTTPS_PROXY=http://{host}:3128", environment);
        Assert.Contains(environment, v => v.StartsWith($"NO_PROXY={direct},", StringComparison.Ordinal));
    }

    /// <summary>The parser of containerd 1.6 and 1.7 refuses the whole file for a bracket in a table's name.</summary>
    [Fact]
    public void No_table_is_named_by_an_address_in_brackets()
    {
        var options = Options() with { ImageMirror = "http://[2001:db8::1]:5000" };
        var text = ContainerdConfig.Compile(ContainerdPaths.For(options), options, mayLowerOomScore: true);
        Assert.Contains("endpoint = [\"http://[2001:db8::1]:5000\"]", text, StringComparison.Ordinal);
        Assert.DoesNotContain("config_path", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n').Where(l => l.TrimStart().StartsWith('[')), l => Assert.Equal(1, l.Count(c => c == '[')));
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
