using System.Net;
using System.Text.Json.Nodes;
using Vitrine.Linux.Netlink;
using Xunit;

namespace Vitrine.Kernel.Cni;

public sealed class VerbTests : IDisposable
{
    private readonly PluginNetwork network = new();

    public void Dispose() => network.Dispose();

    [Fact]
    public void Version_lists_what_is_spoken()
    {
        var answer = network.CallRaw("""{"cniVersion":"0.4.0"}""", null, ("CNI_COMMAND", "VERSION")).Succeeds().Json;
        Assert.Equal("0.4.0", (string)answer["cniVersion"]!);
        Assert.Equal(["0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"], answer["supportedVersions"]!.AsArray().Select(v => (string)v!));
    }

    [Theory]
    [InlineData("0.3.1", "4", false)]
    [InlineData("0.4.0", "4", false)]
    [InlineData("1.0.0", null, false)]
    [InlineData("1.1.0", null, true)]
    public void A_result_has_the_shape_of_the_version_asked_for(string version, string? family, bool mtu)
    {
        var result = network.Add("a", network.NewPod(), network.Config(version)).Succeeds().Json;
        Assert.Equal(version, (string)result["cniVersion"]!);
        Assert.Equal(family, (string?)result["ips"]![0]!["version"]);
        Assert.Equal(mtu, result["interfaces"]![0]!["mtu"] is not null);
    }

    [Fact]
    public void Check_passes_after_add_and_fails_when_something_is_taken_away()
    {
        var pod = network.NewPod();
        var config = network.Config("0.4.0");
        Assert.Equal(7, network.Call("CHECK", "a", pod.Path, config).Code);
        config["prevResult"] = network.Add("a", pod, network.Config("0.4.0")).Succeeds().Json.DeepClone();
        network.Call("CHECK", "a", pod.Path, config).Succeeds();

        Assert.Equal(3, network.Call("CHECK", "other", pod.Path, config).Code);
        network.Host.Socket.DeleteRoute(new RouteSpec(IPNetwork.Parse("10.244.0.2/32")));
        Assert.Equal(104, network.Call("CHECK", "a", pod.Path, config).Code);
        pod.Socket.DeleteAddress(pod.Socket.GetLink("eth0").Index, IPAddress.Parse("10.244.0.2"), 32);
        Assert.Contains("10.244.0.2/32 on eth0", (string)network.Call("CHECK", "a", pod.Path, config).Json["msg"]!);
        pod.Socket.SetDown("eth0");
        Assert.Contains("down", (string)network.Call("CHECK", "a", pod.Path, config).Json["msg"]!);
    }

    [Fact]
    public void Where_policies_hold_no_pod_starts_without_their_table()
    {
        var config = network.Config();
        config["networkPolicy"] = true;
        var pod = network.NewPod();
        var refusal = network.Add("a", pod, config);
        Assert.Equal(11, refusal.Code);
        Assert.Contains("vitrine-policy is missing", (string)refusal.Json["msg"]!);
        var newest = network.Config("1.1.0");
        newest["networkPolicy"] = true;
        Assert.Equal(50, network.Call("STATUS", "", null, newest).Code);
        network.WaitUntilClean();
        Assert.Null(pod.Socket.FindLink("eth0"));
        Nft.Run(network.Host, "add table inet vitrine-policy");
        network.Add("a", pod, config).Succeeds();
        // DEL asks for nothing.
        Nft.Run(network.Host, "delete table inet vitrine-policy");
        network.Del("a", pod, config).Succeeds();
    }

    [Fact]
    public void Gc_removes_what_is_not_valid_and_nothing_else()
    {
        var pods = Enumerable.Range(0, 3).Select(_ => network.NewPod()).ToArray();
        for (var i = 0; i < 3; i++)
            network.Add($"c{i}", pods[i]).Succeeds();
        network.Host.Socket.CreateVeth("vtrforeign", "peer");
        var config = network.Config("1.1.0");
        config["cni.dev/valid-attachments"] = new JsonArray { new JsonObject { ["containerID"] = "c1", ["ifname"] = "eth0" } };

        network.CallRaw(config.ToJsonString(), null, ("CNI_COMMAND", "GC"), ("CNI_PATH", "/x")).Succeeds();
        Assert.Equal("c1", Assert.Single(network.Leases()).Attachment.ContainerId);
        Assert.Equal(2, network.Attached().Count);
        Assert.NotNull(network.Host.Socket.FindLink("vtrforeign"));
    }

    [Fact]
    public void Status_is_silent_when_an_add_would_be_served_and_says_why_not()
    {
        PluginAnswer Status(JsonNode config) => network.CallRaw(config.ToJsonString(), null, ("CNI_COMMAND", "STATUS"), ("CNI_PATH", "/x"));
        var config = network.Config("1.1.0", subnet: "10.244.9.0/30");
        Assert.Equal(new PluginAnswer(0, ""), Status(config));

        network.Add("a", network.NewPod(), config).Succeeds();
        Assert.Equal(50, Status(config).Code);
        network.Host.Handle.Run(() => Vitrine.Linux.Netns.NetSysctl.Write("ipv4/ip_forward", "0"));
        Assert.Equal(51, Status(network.Config("1.1.0")).Code);
        File.WriteAllText(network.LeasesPath, "garbage\n");
        Assert.Equal(50, Status(network.Config("1.1.0")).Code);
    }

    [Fact]
    public void As_loopback_it_sets_the_loopback_up()
    {
        var pod = network.NewPod();
        pod.Socket.SetDown("lo");
        var config = JsonNode.Parse("""{"cniVersion":"1.0.0","name":"cni-loopback","type":"loopback"}""")!;
        var result = network.Call("ADD", "a", pod.Path, config, "lo").Succeeds();

        Assert.Equal("127.0.0.1/8", result.Address());
        Assert.True(pod.Socket.GetLink("lo").IsUp);
        network.Call("CHECK", "a", pod.Path, config, "lo").Succeeds();
        network.Call("DEL", "a", pod.Path, config, "lo").Succeeds();
    }

    [Theory]
    [InlineData(1, """{"cniVersion":"9.9.9","name":"net"}""")]
    [InlineData(1, """{"name":"net"}""")]
    [InlineData(2, """{"cniVersion":"1.0.0","name":"net","ipMasq":true}""")]
    [InlineData(6, "{")]
    [InlineData(6, "[]")]
    [InlineData(6, "")]
    [InlineData(7, """{"cniVersion":"1.0.0","name":"../../etc"}""")]
    [InlineData(7, """{"cniVersion":"1.0.0","name":"net","stateDir":"relative","ipam":{}}""")]
    [InlineData(7, """{"cniVersion":"1.0.0","name":"net","ipam":{"ranges":[[{"subnet":"10.0.0.0/33"}]]}}""")]
    public void A_bad_config_gives_its_code(int code, string config)
    {
        var answer = network.CallRaw(config, null, ("CNI_COMMAND", "ADD"), ("CNI_CONTAINERID", "a"), ("CNI_NETNS", network.Host.Path), ("CNI_IFNAME", "eth0"));
        Assert.Equal(1, answer.ExitCode);
        Assert.Equal(code, answer.Code);
        Assert.False(Directory.Exists(network.State));
    }

    [Theory]
    [InlineData("ADD", "../x", "/netns", "eth0")]
    [InlineData("ADD", "a", "/run/../etc", "eth0")]
    [InlineData("ADD", "a", "netns", "eth0")]
    [InlineData("ADD", "a", "/netns", "et/h0")]
    [InlineData("ADD", "a", "/netns", "sixteencharacter")]
    [InlineData("ADD", "a", "/netns", "eth%d")]
    [InlineData("ADD", "a", "", "eth0")]
    [InlineData("DEL", "", "", "eth0")]
    [InlineData("BOGUS", "a", "/netns", "eth0")]
    [InlineData("", "a", "/netns", "eth0")]
    public void A_bad_environment_is_code_4(string command, string containerId, string netns, string ifname) =>
        Assert.Equal(4, network.Call(command, containerId, netns, network.Config(), ifname).Code);

    [Fact]
    public void The_hosts_own_namespace_is_refused() => Assert.Equal(4, network.Call("ADD", "a", network.Host.Path, network.Config()).Code);

    [Fact]
    public void A_namespace_that_is_gone_is_code_3() => Assert.Equal(3, network.Call("ADD", "a", "/run/no-such-netns", network.Config()).Code);

    [Fact]
    public void A_state_directory_that_cannot_be_made_is_code_5_and_rolled_back()
    {
        File.WriteAllText(network.State, "a file in the way");
        Assert.Equal(5, network.Add("a", network.NewPod()).Code);
        Assert.Empty(network.Attached());
        File.Delete(network.State);
    }

    [Fact]
    public void A_damaged_lease_file_is_code_102_and_says_what_to_do()
    {
        network.Add("a", network.NewPod()).Succeeds();
        File.WriteAllText(network.LeasesPath, File.ReadAllText(network.LeasesPath).Replace("10.244.0.2", "10.244.0.9"));
        var answer = network.Add("b", network.NewPod());
        Assert.Equal(102, answer.Code);
        Assert.Contains("move the file away", (string)answer.Json["details"]!);
        Assert.Single(network.Attached());
    }

    [Fact]
    public void What_the_kernel_refuses_is_code_103_and_rolled_back()
    {
        var config = network.Config();
        // The second of two equal routes fails, when the link, the lease and the address are already there.
        config["ipam"]!["routes"] = new JsonArray { new JsonObject { ["dst"] = "0.0.0.0/0" }, new JsonObject { ["dst"] = "0.0.0.0/0" } };
        Assert.Equal(103, network.Add("a", network.NewPod(), config).Code);
        Assert.Empty(network.Attached());
        Assert.Empty(network.Leases());
    }

    [Fact]
    public void An_mtu_too_small_for_ipv6_is_served_to_ipv4_and_refused_to_dual_stack()
    {
        JsonNode WithMtu(JsonNode config)
        {
            config["mtu"] = 1000;
            return config;
        }
        var pod = network.NewPod();
        network.Add("a", pod, WithMtu(network.Config())).Succeeds();
        Assert.Equal(1000, pod.Socket.GetLink("eth0").Mtu);
        Assert.Equal(7, network.Add("b", network.NewPod(), WithMtu(network.Config(subnet6: "fd00:244::/64"))).Code);
    }

    [Theory]
    [InlineData("CHECK", "0.3.1")]
    [InlineData("GC", "1.0.0")]
    [InlineData("STATUS", "1.0.0")]
    public void A_verb_newer_than_the_version_is_code_1(string verb, string version) =>
        Assert.Equal(1, network.Call(verb, "a", "/netns", network.Config(version)).Code);
}
