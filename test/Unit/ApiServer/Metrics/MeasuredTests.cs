using System.Text.Json.Nodes;
using Vitrine.ApiServer.Metrics;
using Xunit;

namespace Vitrine.Unit.ApiServer.Metrics;

public sealed class MeasuredTests
{
    private static readonly JsonObject s_summary = JsonNode.Parse("""
        {"node":{"nodeName":"n","cpu":{"time":"2026-01-02T03:04:05Z","usageNanoCores":250000000,"windowSeconds":10.001},"memory":{"workingSetBytes":1048576}},
         "pods":[
           {"podRef":{"name":"web","namespace":"default"},"containers":[{"name":"a","cpu":{"time":"2026-01-02T03:04:06Z","usageNanoCores":1000,"windowSeconds":10},"memory":{"workingSetBytes":2048}}]},
           {"podRef":{"name":"new","namespace":"default"},"containers":[{"name":"a","cpu":{"time":"2026-01-02T03:04:06Z"},"memory":{"workingSetBytes":2048}}]}]}
        """)!.AsObject();

    [Fact]
    public void A_nodes_summary_becomes_its_metrics()
    {
        JsonObject metrics = Measured.Node(Named("n", null), s_summary)!;
        Assert.Equal(("metrics.k8s.io/v1beta1", "NodeMetrics", "10.001s", "2026-01-02T03:04:05Z"), ((string?)metrics["apiVersion"], (string?)metrics["kind"], (string?)metrics["window"], (string?)metrics["timestamp"]));
        Assert.Equal(("250000000n", "1024Ki"), ((string?)metrics["usage"]!["cpu"], (string?)metrics["usage"]!["memory"]));
    }

    [Fact]
    public void A_pods_containers_are_measured_one_by_one()
    {
        JsonObject metrics = Measured.Pod(Named("web", "default"), s_summary)!;
        Assert.Equal("web", (string?)metrics["metadata"]!["labels"]!["app"]);
        Assert.Equal("""[{"name":"a","usage":{"cpu":"1000n","memory":"2Ki"}}]""", metrics["containers"]!.ToJsonString());
    }

    [Theory]
    [InlineData("new")]
    [InlineData("elsewhere")]
    public void What_was_not_measured_twice_has_none(string pod) => Assert.Null(Measured.Pod(Named(pod, "default"), s_summary));

    private static JsonObject Named(string name, string? ns) => new()
    {
        ["metadata"] = ns is null ? new JsonObject { ["name"] = name } : new JsonObject { ["name"] = name, ["namespace"] = ns, ["labels"] = new JsonObject { ["app"] = "web" } },
    };
}
