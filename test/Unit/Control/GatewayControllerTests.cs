using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Vitrine.ApiServer.Objects;
using Xunit;

namespace Vitrine.Unit.Control;

/// <summary>The Gateway API with the whole control plane: class, doors, status.</summary>
public sealed class GatewayControllerTests : IAsyncLifetime
{
    private const string Group = "apis/gateway.networking.k8s.io/v1";
    private const string Gateways = Group + "/namespaces/default/gateways";
    private const string Routes = Group + "/namespaces/default/httproutes";
    private ControlPlane plane = null!;

    public async ValueTask InitializeAsync() => plane = await ControlPlane.StartAsync();

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Fact]
    public async Task A_Gateway_gets_a_door_and_says_what_became_of_it_and_of_its_routes()
    {
        await ConditionAsync($"{Group}/gatewayclasses/vitrine", "Accepted", "True");
        await PostAsync(Gateways, "{metadata: {name: main}, spec: {gatewayClassName: vitrine, listeners: [{name: http, port: 80, protocol: HTTP}, {name: tcp, port: 81, protocol: TCP}]}}");
        await PostAsync(Routes, "{metadata: {name: r}, spec: {parentRefs: [{name: main}, {name: main, sectionName: absent}], rules: [{backendRefs: [{name: web, port: 80}]}]}}");
        await ConditionAsync($"{Gateways}/main", "Programmed", "True");
        await plane.UntilAsync("a route", async () => (int?)Listener(await GetAsync($"{Gateways}/main"), "http")["attachedRoutes"] == 1);
        var gateway = await GetAsync($"{Gateways}/main");
        Assert.Equal("192.0.2.100", (string?)gateway["status"]!["addresses"]![0]!["value"]);
        Assert.Equal("False UnsupportedProtocol 1", Condition(Listener(gateway, "tcp"), "Accepted"));
        Assert.Equal("True Accepted 1", Condition(Listener(gateway, "http"), "Accepted"));
        await plane.UntilAsync("the route's status", async () => (await GetAsync($"{Routes}/r"))["status"]?["parents"] is JsonArray { Count: 2 });
        var parents = (await GetAsync($"{Routes}/r"))["status"]!["parents"]!;
        Assert.Equal(["True Accepted 1", "False BackendNotFound 1"], new[] { "Accepted", "ResolvedRefs" }.Select(t => Condition(parents[0]!, t)));
        Assert.Equal("False NoMatchingParent 1", Condition(parents[1]!, "Accepted"));

        var service = await plane.Client.CoreV1.ReadNamespacedServiceAsync("main-vitrine", "default");
        Assert.Equal([(80, "11000")], service.Spec.Ports.Select(p => (p.Port, p.TargetPort.Value)));

        // Its owner's status: what others wrote stays, and a parent that is no longer named goes.
        await PatchAsync($"{Routes}/r/status", """{"status":{"parents":[{"parentRef":{"name":"other"},"controllerName":"example.com/other","conditions":[]}]}}""");
        await PatchAsync($"{Routes}/r", """{"spec":{"parentRefs":[{"name":"main","sectionName":"http"}]}}""");
        await plane.UntilAsync("both", async () => (await GetAsync($"{Routes}/r"))["status"]!["parents"]!.AsArray().Select(p => $"{p!["controllerName"]} {p["parentRef"]!["sectionName"]}").SequenceEqual(["example.com/other ", "vitrine.dev/gateway http"]));

        await plane.Client.CoreV1.CreateNamespacedServiceAsync(new V1Service { Metadata = new V1ObjectMeta { Name = "web" }, Spec = new V1ServiceSpec { Ports = [new V1ServicePort { Port = 80 }] } }, "default");
        await plane.UntilAsync("resolved", async () => Condition((await GetAsync($"{Routes}/r"))["status"]!["parents"]![1]!, "ResolvedRefs") == "True ResolvedRefs 2");
        using var gone = await plane.Client.HttpClient.DeleteAsync(new Uri(plane.Client.BaseUri, $"{Gateways}/main"));
        await plane.UntilAsync("no door", async () => (await plane.Client.CoreV1.ListNamespacedServiceAsync("default")).Items.All(s => s.Metadata.Name != "main-vitrine"));
        await plane.UntilAsync("no parent", async () => (await GetAsync($"{Routes}/r"))["status"]!["parents"]!.AsArray().Count == 1);
    }

    [Fact]
    public async Task Two_Gateways_have_ports_of_their_own()
    {
        foreach (var name in new[] { "one", "two" })
            await PostAsync(Gateways, $"{{metadata: {{name: {name}}}, spec: {{gatewayClassName: vitrine, listeners: [{{name: http, port: 80, protocol: HTTP}}, {{name: other, port: 8080, protocol: HTTP}}]}}}}");
        await plane.UntilAsync("both doors", async () => (await plane.Client.CoreV1.ListNamespacedServiceAsync("default", labelSelector: "gateway.networking.k8s.io/gateway-name")).Items.SelectMany(s => s.Spec.Ports).Select(p => p.TargetPort.Value).Distinct().Count() == 4);
    }

    private static JsonNode Listener(JsonNode gateway, string name) => gateway["status"]?["listeners"]?.AsArray().FirstOrDefault(l => (string?)l!["name"] == name) ?? new JsonObject();

    private static string Condition(JsonNode holder, string type) => holder["conditions"]?.AsArray().FirstOrDefault(c => (string?)c!["type"] == type) is { } found ? $"{found["status"]} {found["reason"]} {found["observedGeneration"]}" : "";

    private Task ConditionAsync(string path, string type, string status) => plane.UntilAsync($"{path} {type}", async () => Condition((await GetAsync(path))["status"] ?? new JsonObject(), type).StartsWith(status, StringComparison.Ordinal));

    private async Task<JsonNode> GetAsync(string path)
    {
        using var answer = await plane.Client.HttpClient.GetAsync(new Uri(plane.Client.BaseUri, path));
        return answer.StatusCode == HttpStatusCode.NotFound ? new JsonObject() : JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    private async Task PostAsync(string path, string yaml)
    {
        using var content = new StringContent(YamlTree.Parse(yaml, [])!.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await plane.Client.HttpClient.PostAsync(new Uri(plane.Client.BaseUri, path), content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task PatchAsync(string path, string patch)
    {
        using var content = new StringContent(patch, Encoding.UTF8, new MediaTypeHeaderValue("application/merge-patch+json"));
        using var answer = await plane.Client.HttpClient.PatchAsync(new Uri(plane.Client.BaseUri, path), content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
