using System.Text.Json.Nodes;
using Vitrine.Linux.Netns;
using Xunit;

namespace Vitrine.Kernel.Cni;

/// <summary>Addresses that are asked for, and what else a runtime may say of one container.</summary>
public sealed class RequestTests : IDisposable
{
    private readonly PluginNetwork network = new();

    public void Dispose() => network.Dispose();

    [Theory]
    [InlineData("routed")]
    [InlineData("bridge")]
    public void Addresses_and_mac_asked_for_are_given_and_work(string mode)
    {
        var (pod, other) = (network.NewPod(), network.NewPod());
        var config = network.Config(subnet6: "fd00:244::/64", mode: mode);
        config["runtimeConfig"] = JsonNode.Parse("""{"ips":["10.244.0.50/24","fd00:244::50"],"mac":"02:00:00:00:00:50"}""");
        var answer = network.Add("a", pod, config).Succeeds();
        Assert.Equal(["10.244.0.50", "fd00:244::50"], new[] { answer.Address().Split('/')[0], answer.Address(1).Split('/')[0] });
        Assert.Equal("02:00:00:00:00:50", pod.Socket.GetLink("eth0").Mac.ToString());
        network.Add("b", other, network.Config(subnet6: "fd00:244::/64", mode: mode)).Succeeds();
        using var server = Traffic.Listen(other, 80);
        Assert.Equal("10.244.0.50", Traffic.SeenBy(server, pod, "10.244.0.51", 80)?.ToString());

        config["prevResult"] = answer.Json.DeepClone();
        network.Call("CHECK", "a", pod.Path, config).Succeeds();
        network.Del("a", pod).Succeeds();
    }

    [Fact]
    public void The_environment_and_args_ask_too()
    {
        var config = network.Config();
        Assert.Equal("10.244.0.60/32", network.Call("ADD", "a", network.NewPod().Path, config, args: "IgnoreUnknown=1;IP=10.244.0.60;MAC=02:00:00:00:00:60;X=y").Succeeds().Address());
        config["args"] = JsonNode.Parse("""{"cni":{"ips":["10.244.0.61"],"mac":"02:00:00:00:00:61"}}""");
        var answer = network.Add("b", network.NewPod(), config).Succeeds();
        Assert.Equal("10.244.0.61/32", answer.Address());
        Assert.Equal("02:00:00:00:00:61", (string)answer.Json["interfaces"]![1]!["mac"]!);
    }

    [Theory]
    [InlineData(7, """{"ips":["10.99.0.1"]}""", "in no range")]
    [InlineData(7, """{"ips":["10.244.0.1"]}""", "gateway")]
    [InlineData(7, """{"ips":["10.244.0.8","10.244.0.9"]}""", "second one")]
    [InlineData(7, """{"ips":["10.244.0"]}""", "no IP address")]
    [InlineData(7, """{"ips":"10.244.0.8"}""", "wrong type")]
    [InlineData(7, """{"mac":"ff:ff:ff:ff:ff:ff"}""", "MAC")]
    [InlineData(7, """{"mac":"../../etc"}""", "MAC")]
    [InlineData(7, """{"portMappings":[{"hostPort":70000,"containerPort":1}]}""", "hostPort")]
    [InlineData(7, """{"portMappings":[{"hostPort":80,"containerPort":80,"protocol":"gre"}]}""", "protocol")]
    [InlineData(7, """{"portMappings":[{"hostPort":80,"containerPort":80,"hostIP":"; drop"}]}""", "hostIP")]
    [InlineData(7, """{"portMappings":[{"hostPort":80,"containerPort":80},{"hostPort":80,"containerPort":81,"hostIP":"127.0.0.1"}]}""", "overlap")]
    [InlineData(7, """{"bandwidth":{"ingressRate":1000}}""", "belong together")]
    [InlineData(7, """{"bandwidth":{"ingressRate":-1,"ingressBurst":1}}""", "wrong type")]
    public void What_cannot_be_had_is_refused_before_anything_is_made(int code, string runtimeConfig, string message)
    {
        var config = network.Config();
        config["runtimeConfig"] = JsonNode.Parse(runtimeConfig);
        var refused = network.Add("a", network.NewPod(), config);
        Assert.Equal(code, refused.Code);
        Assert.Contains(message, (string)refused.Json["msg"]!);
        Assert.False(Directory.Exists(network.State));
        Assert.Empty(network.Attached());
        // A DEL with the same config is served all the same.
        network.Del("a", null, config).Succeeds();
    }

    [Theory]
    [InlineData("IP=10.244.0.8;EVIL=1")]
    [InlineData("IP=10.244.0.300")]
    [InlineData("MAC=01:00:00:00:00:01")]
    public void Bad_arguments_are_code_4(string args) => Assert.Equal(4, network.Call("ADD", "a", network.NewPod().Path, network.Config(), args: args).Code);

    [Fact]
    public void A_taken_address_or_mac_is_code_105_with_its_holder()
    {
        var config = network.Config();
        config["runtimeConfig"] = JsonNode.Parse("""{"ips":["10.244.0.50"],"mac":"02:00:00:00:00:50"}""");
        network.Add("first", network.NewPod(), config).Succeeds();
        foreach (var ask in new[] { """{"ips":["10.244.0.50"]}""", """{"mac":"02:00:00:00:00:50"}""" })
        {
            config["runtimeConfig"] = JsonNode.Parse(ask);
            var refused = network.Add("second", network.NewPod(), config);
            Assert.Equal(105, refused.Code);
            Assert.Contains("first", (string)refused.Json["details"]!);
        }
        Assert.Single(network.Attached());
        Assert.Single(network.Leases());
    }

    [Fact]
    public void An_address_can_be_asked_for_again_right_after_del()
    {
        var config = network.Config();
        config["runtimeConfig"] = JsonNode.Parse("""{"ips":["10.244.0.50"]}""");
        var pod = network.NewPod();
        network.Add("a", pod, config).Succeeds();
        network.Del("a", pod).Succeeds();
        Assert.Equal("10.244.0.50/32", network.Add("b", network.NewPod(), config).Succeeds().Address());
    }

    [Theory]
    [InlineData("routed")]
    [InlineData("bridge")]
    public void With_IPv6_alone_pods_talk_and_have_no_IPv4(string mode)
    {
        var config = network.Config(subnet: "fd00:244::/64", mode: mode);
        var (a, b) = (network.NewPod(), network.NewPod());
        var answer = network.Add("a", a, config).Succeeds();
        network.Add("b", b, config).Succeeds();
        Assert.Single(answer.Json["ips"]!.AsArray());
        using var server = Traffic.Listen(b, 80, family: System.Net.Sockets.AddressFamily.InterNetworkV6);
        Assert.Equal("0", a.Handle.Run(() => NetSysctl.Read("ipv6/conf/eth0/accept_dad")));
        Assert.Equal("fd00:244::2", Traffic.SeenBy(server, a, "fd00:244::3", 80)?.ToString());
        Assert.DoesNotContain(a.Socket.ListAddresses(), x => x.LinkIndex != 1 && x.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork);
    }

    [Fact]
    public void Where_the_kernel_has_no_IPv6_a_range_of_it_is_refused_and_IPv4_served()
    {
        // A file system in the way stands for ipv6.disable=1: the switches are not there.
        string[] without = ["unshare", "--mount", "sh", "-c", "mount -t tmpfs none /proc/sys/net/ipv6 && exec \"$@\"", "sh"];
        var refused = network.Call("ADD", "a", network.NewPod().Path, network.Config(subnet6: "fd00:244::/64"), wrapper: without);
        Assert.Equal(7, refused.Code);
        Assert.Contains("no IPv6", (string)refused.Json["msg"]!);
        Assert.Empty(network.Attached());
        network.Call("ADD", "b", network.NewPod().Path, network.Config(), wrapper: without).Succeeds();
        Assert.Equal(50, network.CallRaw(network.Config("1.1.0", subnet6: "fd00:244::/64").ToJsonString(), without, ("CNI_COMMAND", "STATUS"), ("CNI_PATH", "/x")).Code);
    }
}
