using System.Text.Json.Nodes;
using Vitrine.Linux.Nft;
using Xunit;

namespace Vitrine.Kernel.Cni;

/// <summary>Chained after the reference plugins, and before them.</summary>
public sealed class ChainTests : IDisposable
{
    private const string Reference = "/usr/lib/cni";
    private readonly PluginNetwork network = new();
    private readonly OutsideHost outside;

    public ChainTests() => outside = new OutsideHost(network);

    public void Dispose()
    {
        outside.Dispose();
        network.Dispose();
    }

    [Theory]
    [InlineData("bridge")]
    [InlineData("ptp")]
    public void After_another_plugin_it_adds_host_ports_and_limits(string type)
    {
        if (!File.Exists($"{Reference}/{type}"))
            Assert.Skip("containernetworking-plugins is not installed");
        var pod = network.NewPod();
        var first = Call($"{Reference}/{type}", "ADD", pod, new JsonObject
        {
            ["cniVersion"] = "1.0.0", ["name"] = "net", ["type"] = type, ["bridge"] = "cni0", ["isGateway"] = true, ["hairpinMode"] = true,
            ["ipam"] = JsonNode.Parse($$"""{"type":"host-local","dataDir":"{{network.State}}-hl","ranges":[[{"subnet":"10.99.0.0/24"}]],"routes":[{"dst":"0.0.0.0/0"}]}"""),
        });
        var config = new JsonObject
        {
            ["cniVersion"] = "1.0.0", ["name"] = "net", ["type"] = "vitrine-cni", ["stateDir"] = network.State,
            ["runtimeConfig"] = JsonNode.Parse("""{"portMappings":[{"hostPort":8080,"containerPort":80,"protocol":"tcp"}],"bandwidth":{"egressRate":8000000,"egressBurst":800000}}"""),
            ["prevResult"] = first.DeepClone(),
        };
        Assert.True(JsonNode.DeepEquals(first, network.Add("a", pod, config).Succeeds().Json));
        // Once more is the same once.
        network.Add("a", pod, WithoutLimit(config)).Succeeds();
        using var server = Traffic.Listen(pod, 80);
        Assert.Equal("203.0.113.2", Traffic.SeenBy(server, outside.Netns, "203.0.113.1", 8080)?.ToString());
        Assert.NotNull(Traffic.SeenBy(server, network.Host, "127.0.0.1", 8080));
        Assert.NotNull(Traffic.SeenBy(server, pod, "203.0.113.1", 8080));
        Assert.Single(network.Ifbs());
        network.Call("CHECK", "a", pod.Path, config).Succeeds();
        Assert.Equal(105, network.Add("b", pod, config).Code);

        network.Del("a", null, WithoutResult(config)).Succeeds();
        Assert.Empty(network.Ifbs());
        Assert.DoesNotContain(network.Elements("vitrine-hostports"), e => e.Comment != "bridge");
        Assert.False(Directory.Exists(network.State));
    }

    [Fact]
    public void Others_after_it_take_its_result()
    {
        if (!File.Exists($"{Reference}/tuning"))
            Assert.Skip("containernetworking-plugins is not installed");
        var pod = network.NewPod();
        var result = network.Add("a", pod).Succeeds().Json;
        var next = Call($"{Reference}/tuning", "ADD", pod, new JsonObject
        {
            ["cniVersion"] = "1.0.0", ["name"] = "net", ["type"] = "tuning", ["sysctl"] = JsonNode.Parse("""{"net.ipv4.conf.eth0.log_martians":"1"}"""), ["prevResult"] = result.DeepClone(),
        });
        Assert.Equal((string)result["ips"]![0]!["address"]!, (string)next["ips"]![0]!["address"]!);
    }

    [Fact]
    public void Without_ipam_and_without_a_result_there_is_nothing_to_do()
    {
        var refused = network.Add("a", network.NewPod(), JsonNode.Parse("""{"cniVersion":"1.0.0","name":"net","type":"vitrine-cni"}"""));
        Assert.Equal(7, refused.Code);
        Assert.Contains("ipam", (string)refused.Json["msg"]!);
    }

    [Fact]
    public void Gc_of_a_chain_takes_back_what_is_not_valid()
    {
        var pod = network.NewPod();
        var config = network.Config("1.1.0");
        network.Add("owner", pod, config).Succeeds();
        var chained = JsonNode.Parse($$$"""{"cniVersion":"1.1.0","name":"chain","type":"vitrine-cni","stateDir":"{{{network.State}}}","runtimeConfig":{"portMappings":[{"hostPort":8080,"containerPort":80}]},"prevResult":{"interfaces":[{"name":"eth0","sandbox":"x"}],"ips":[{"address":"10.244.0.2/32","interface":0}]}}""")!.AsObject();
        network.Add("a", pod, chained).Succeeds();
        Assert.NotEmpty(network.Elements("vitrine-hostports"));
        var gc = WithoutResult(chained);
        gc["cni.dev/valid-attachments"] = new JsonArray { new JsonObject { ["containerID"] = "a", ["ifname"] = "eth0" } };
        network.CallRaw(gc.ToJsonString(), null, ("CNI_COMMAND", "GC"), ("CNI_PATH", "/x")).Succeeds();
        Assert.NotEmpty(network.Elements("vitrine-hostports"));
        gc["cni.dev/valid-attachments"] = new JsonArray();
        network.CallRaw(gc.ToJsonString(), null, ("CNI_COMMAND", "GC"), ("CNI_PATH", "/x")).Succeeds();
        Assert.Empty(network.Elements("vitrine-hostports"));
        Assert.Single(network.Attached());
    }

    private JsonNode Call(string program, string command, ThrowAwayNetns pod, JsonObject config) => network.CallProgram(program, config.ToJsonString(),
        ("CNI_COMMAND", command), ("CNI_CONTAINERID", "a"), ("CNI_NETNS", pod.Path), ("CNI_IFNAME", "eth0"), ("CNI_PATH", Reference)).Succeeds().Json;

    private static JsonObject WithoutLimit(JsonObject config)
    {
        var copy = config.DeepClone().AsObject();
        copy["runtimeConfig"]!.AsObject().Remove("bandwidth");
        return copy;
    }

    private static JsonObject WithoutResult(JsonObject config)
    {
        var copy = config.DeepClone().AsObject();
        copy.Remove("prevResult");
        return copy;
    }
}
