using System.Text.Json.Nodes;
using Vitrine.ApiServer.Drafts;
using Vitrine.ApiServer.Services;
using Xunit;

namespace Vitrine.Unit.ApiServer.Drafts;

public sealed class DraftServerTests
{
    private readonly DraftServer server = new(new ServiceRanges());

    public DraftServerTests() => server.Begin();

    [Fact]
    public void An_object_becomes_what_a_create_would_store()
    {
        var pod = Create("""{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"p-"},"spec":{"containers":[{"name":"c","image":"nginx"}]}}""");
        Assert.True(pod.Stored);
        Assert.StartsWith("pod/default/p-", pod.Key, StringComparison.Ordinal);
        Assert.Equal("Always", (string?)pod.Value["spec"]!["restartPolicy"]);
        Assert.Equal("default", (string?)pod.Value["spec"]!["serviceAccountName"]);
        Assert.Equal("BestEffort", (string?)pod.Value["status"]!["qosClass"]);
    }

    [Fact]
    public void Services_are_given_addresses_of_their_own_the_same_every_time()
    {
        string[] Addresses()
        {
            var fresh = new DraftServer(new ServiceRanges());
            return [.. "abc".Select(n => (string?)fresh.Create(JsonNode.Parse($$$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"{{{n}}}"},"spec":{"ports":[{"port":80}]}}""")!.AsObject()).Value["spec"]!["clusterIP"] ?? "")];
        }
        Assert.Equal(3, Addresses().Distinct().Count());
        Assert.Equal(Addresses(), Addresses());
        Assert.Contains("already allocated", Assert.Single(Create("""{"apiVersion":"v1","kind":"Service","metadata":{"name":"d"},"spec":{"clusterIP":"10.96.0.1","ports":[{"port":80}]}}""").Faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_definition_makes_its_kind_known()
    {
        const string widget = """{"apiVersion":"test.example/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"image":"x"}}""";
        Assert.False(Create(widget).Served);
        Assert.Empty(Create(Definitions.Definition.Widgets().ToJsonString()).Faults);
        Assert.Equal(1, (int?)Create(widget).Value["spec"]!["replicas"]);
        Assert.Equal("spec.image", Assert.Single(Create(widget.Replace("\"x\"", "\"X\"", StringComparison.Ordinal).Replace("\"a\"", "\"b\"", StringComparison.Ordinal)).Faults).Field);
    }

    [Fact]
    public void What_is_refused_is_not_there()
    {
        var broken = Create("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"B"}}""");
        Assert.False(broken.Stored);
        Assert.Equal("metadata.name", Assert.Single(broken.Faults).Field);
        Assert.False(server.Has("", "configmaps", "default", "B"));
        Assert.Contains("already exists", Assert.Single(Twice().Faults).Message, StringComparison.Ordinal);

        DraftObject Twice()
        {
            Create("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"}}""");
            return Create("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"}}""");
        }
    }

    [Fact]
    public void Fields_of_an_object_within_are_known()
    {
        Assert.Contains("containers", DraftServer.FieldsOf("apps", "Deployment", "spec.template.spec"));
        Assert.Contains("containerPort", DraftServer.FieldsOf("", "Pod", "spec.containers[3].ports[0]"));
        Assert.Empty(DraftServer.FieldsOf("", "Pod", "spec.nothing.of[1].it"));
    }

    private DraftObject Create(string json) => server.Create(JsonNode.Parse(json)!.AsObject());
}
