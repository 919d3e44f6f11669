using System.Text.Json.Nodes;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Streaming;

/// <summary>A hostile Node object does not make the server connect to where no agent is.</summary>
public sealed class KubeletAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", "loopback")]
    [InlineData("127.9.9.9", "loopback")]
    [InlineData("::1", "loopback")]
    [InlineData("::ffff:127.0.0.1", "loopback")]
    [InlineData("169.254.169.254", "link-local")]
    [InlineData("fe80::1", "link-local")]
    [InlineData("0.0.0.0", "unspecified")]
    [InlineData("224.0.0.1", "loopback")]
    [InlineData("10.96.0.10", "it is an address of Services")]
    [InlineData("10.200.3.7", "it is an address of pods, from the range of node other")]
    [InlineData("fd00:200:3::7", "it is an address of pods, from the range of node other")]
    [InlineData("localhost", "no InternalIP address")]
    [InlineData("10.0.0.1@evil", "no InternalIP address")]
    public async Task An_address_that_is_no_nodes_is_refused(string address, string why)
    {
        await using var server = await StartAsync(address, 10250);
        foreach (var action in (string[])["log", "exec?command=id", "attach", "portforward?ports=80"])
        {
            var (code, body) = await server.GetAsync($"/api/v1/namespaces/default/pods/p/{action}");
            Assert.Equal(400, code);
            Assert.Contains(why, (string?)body["message"], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65536)]
    [InlineData(-1)]
    public async Task A_port_that_is_none_is_refused(int port)
    {
        await using var server = await StartAsync("192.0.2.1", port);
        Assert.Equal(400, (await server.GetAsync("/api/v1/namespaces/default/pods/p/log")).Code);
    }

    [Theory]
    [InlineData("/api/v1/nodes/n/proxy/")]
    [InlineData("/api/v1/namespaces/default/pods/p/proxy/")]
    [InlineData("/api/v1/namespaces/default/services/s/proxy/")]
    public async Task Nothing_is_proxied(string path)
    {
        await using var server = await StartAsync("192.0.2.1", 10250);
        Assert.Equal(404, (await server.GetAsync(path)).Code);
    }

    private static async Task<TestServer> StartAsync(string address, int port)
    {
        var server = await TestServer.StartAsync();
        await server.PostAsync("/api/v1/nodes", """{"metadata":{"name":"other"},"spec":{"podCIDRs":["10.200.3.0/24","fd00:200:3::/64"]}}""");
        await server.PostAsync("/api/v1/nodes", new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "n" },
            ["status"] = new JsonObject
            {
                ["addresses"] = new JsonArray(new JsonObject { ["type"] = "InternalIP", ["address"] = address }),
                ["daemonEndpoints"] = new JsonObject { ["kubeletEndpoint"] = new JsonObject { ["Port"] = port } },
            },
        }.ToJsonString());
        await server.PostAsync("/api/v1/namespaces/default/pods", """{"metadata":{"name":"p"},"spec":{"nodeName":"n","containers":[{"name":"a","image":"x"}]}}""");
        return server;
    }
}
