using System.Text.Json.Nodes;
using Xunit;

namespace Vitrine.Unit.ApiServer.Verbs;

public sealed class PodTests : IAsyncLifetime
{
    private const string Pods = "/api/v1/namespaces/default/pods";
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        await _server.PostAsync(Pods, """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"terminationGracePeriodSeconds":20,"containers":[{"name":"a","image":"x"},{"name":"b","image":"x"}]}}""");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Binding_sets_the_node_and_the_condition()
    {
        Assert.Equal(201, await BindAsync("n1"));
        (_, JsonObject pod) = await _server.GetAsync($"{Pods}/p");
        Assert.Equal("n1", (string?)pod["spec"]!["nodeName"]);
        Assert.Equal("True", (string?)pod["status"]!["conditions"]![0]!["status"]);
    }

    [Fact]
    public async Task A_bound_pod_is_not_bound_again()
    {
        await BindAsync("n1");
        Assert.Equal(409, await BindAsync("n2"));
    }

    [Fact]
    public async Task An_unscheduled_pod_is_deleted_at_once()
    {
        Assert.Equal(200, (await _server.DeleteAsync($"{Pods}/p")).Code);
        Assert.Equal(404, (await _server.GetAsync($"{Pods}/p")).Code);
    }

    [Fact]
    public async Task A_scheduled_pod_waits_for_its_agent()
    {
        await BindAsync("n1");
        (_, JsonObject marked) = await _server.DeleteAsync($"{Pods}/p");
        Assert.Equal(20, (int)marked["metadata"]!["deletionGracePeriodSeconds"]!);
        Assert.Equal(2, (int)marked["metadata"]!["generation"]!);
        (_, JsonObject shortened) = await _server.DeleteAsync($"{Pods}/p?gracePeriodSeconds=5");
        Assert.Equal(5, (int)shortened["metadata"]!["deletionGracePeriodSeconds"]!);
        (_, JsonObject longer) = await _server.DeleteAsync($"{Pods}/p?gracePeriodSeconds=50");
        Assert.Equal(5, (int)longer["metadata"]!["deletionGracePeriodSeconds"]!);
        Assert.Equal(200, (await _server.DeleteAsync($"{Pods}/p", """{"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":0}""")).Code);
        Assert.Equal(404, (await _server.GetAsync($"{Pods}/p")).Code);
    }

    [Fact]
    public async Task A_finished_pod_is_deleted_at_once()
    {
        await BindAsync("n1");
        (_, JsonObject pod) = await _server.GetAsync($"{Pods}/p");
        pod["status"]!["phase"] = "Succeeded";
        await _server.PutAsync($"{Pods}/p/status", pod.ToJsonString());
        await _server.DeleteAsync($"{Pods}/p");
        Assert.Equal(404, (await _server.GetAsync($"{Pods}/p")).Code);
    }

    [Fact]
    public async Task Status_and_spec_are_written_apart()
    {
        (_, JsonObject pod) = await _server.GetAsync($"{Pods}/p");
        pod["spec"]!["priority"] = 7;
        pod["status"] = new JsonObject { ["phase"] = "Running" };
        JsonObject spec = pod.DeepClone().AsObject();
        (_, JsonObject statusOnly) = await _server.PutAsync($"{Pods}/p/status", pod.ToJsonString());
        Assert.Null(statusOnly["spec"]!["priority"]);
        Assert.Equal("Running", (string?)statusOnly["status"]!["phase"]);
        spec["status"]!["phase"] = "Failed";
        spec["metadata"]!["resourceVersion"] = (string?)statusOnly["metadata"]!["resourceVersion"];
        (_, JsonObject specOnly) = await _server.PutAsync($"{Pods}/p", spec.ToJsonString());
        Assert.Equal("Running", (string?)specOnly["status"]!["phase"]);
        Assert.Equal(7, (int)specOnly["spec"]!["priority"]!);
        Assert.Equal(2, (int)specOnly["metadata"]!["generation"]!);
    }

    [Theory]
    [InlineData("default")]
    [InlineData("kube-system")]
    [InlineData("kube-public")]
    public async Task A_namespace_of_the_system_stays(string name)
    {
        (int code, JsonObject status) = await _server.DeleteAsync($"/api/v1/namespaces/{name}");
        Assert.Equal(403, code);
        Assert.Equal($"namespaces \"{name}\" is forbidden: this namespace may not be deleted", (string?)status["message"]);
    }

    [Fact]
    public async Task A_namespace_terminates_until_it_is_finalized()
    {
        await _server.PostAsync("/api/v1/namespaces", """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"n"}}""");
        (_, JsonObject marked) = await _server.DeleteAsync("/api/v1/namespaces/n");
        Assert.Equal("Terminating", (string?)marked["status"]!["phase"]);
        (int code, JsonObject refused) = await _server.PostAsync("/api/v1/namespaces/n/configmaps", CrudTests.Map("a", "1"));
        Assert.Equal(403, code);
        Assert.Equal("NamespaceTerminating", (string?)refused["details"]!["causes"]![0]!["reason"]);
        marked["spec"] = new JsonObject { ["finalizers"] = new JsonArray() };
        Assert.Equal(200, (await _server.PutAsync("/api/v1/namespaces/n/finalize", marked.ToJsonString())).Code);
        Assert.Equal(404, (await _server.GetAsync("/api/v1/namespaces/n")).Code);
    }

    private async Task<int> BindAsync(string node) =>
        (await _server.PostAsync($"{Pods}/p/binding", $$"""{"apiVersion":"v1","kind":"Binding","metadata":{"name":"p"},"target":{"kind":"Node","name":"{{node}}"} }""")).Code;
}
