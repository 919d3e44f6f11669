using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Networking;

/// <summary>Ingresses and classes as a client meets them.</summary>
public sealed class IngressVerbTests : IAsyncLifetime
{
    private const string Group = "/apis/networking.k8s.io/v1";
    private const string All = Group + "/namespaces/default/ingresses";
    private const string Spec = """{"rules":[{"host":"a.example","http":{"paths":[{"path":"/","pathType":"Prefix","backend":{"service":{"name":"a","port":{"number":80}}}}]}}]}""";
    private TestServer server = null!;

    public async ValueTask InitializeAsync() => server = await TestServer.StartAsync(kinds: [CoreKinds.Namespace, NetworkingKinds.Ingress, NetworkingKinds.IngressClass]);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task An_Ingress_without_a_class_gets_the_default_one_when_it_is_made()
    {
        Assert.Null((await PostAsync(All, """{"metadata":{"name":"before"},"spec":""" + Spec + "}"))["spec"]!["ingressClassName"]);
        await PostAsync($"{Group}/ingressclasses", """{"metadata":{"name":"plain"},"spec":{"controller":"a.io/b"}}""");
        await PostAsync($"{Group}/ingressclasses", """{"metadata":{"name":"usual","annotations":{"ingressclass.kubernetes.io/is-default-class":"true"}},"spec":{"controller":"a.io/b"}}""");
        Assert.Equal("usual", (string?)(await PostAsync(All, """{"metadata":{"name":"after"},"spec":""" + Spec + "}"))["spec"]!["ingressClassName"]);
        Assert.Null((await PostAsync(All, """{"metadata":{"name":"older","annotations":{"kubernetes.io/ingress.class":"x"}},"spec":""" + Spec + "}"))["spec"]!["ingressClassName"]);
    }

    [Fact]
    public async Task Status_is_written_by_itself_and_counts_no_generation()
    {
        await PostAsync(All, """{"metadata":{"name":"a"},"spec":""" + Spec + "}");
        using var patch = new StringContent("""{"status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.1"}]}}}""", Encoding.UTF8, "application/merge-patch+json");
        using var answer = await server.Admin.PatchAsync($"{All}/a/status", patch, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var ask = new HttpRequestMessage(HttpMethod.Get, All);
        ask.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/json;as=Table;v=v1;g=meta.k8s.io"));
        using var table = await server.Admin.SendAsync(ask, TestContext.Current.CancellationToken);
        var row = JsonNode.Parse(await table.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["rows"]![0]!;
        Assert.Equal(["a", "<none>", "a.example", "192.0.2.1", "80"], row["cells"]!.AsArray().Take(5).Select(c => (string?)c));
        using var read = await server.Admin.GetAsync($"{All}/a", TestContext.Current.CancellationToken);
        Assert.Equal(1, (int)JsonNode.Parse(await read.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["metadata"]!["generation"]!);
    }

    private async Task<JsonNode> PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await server.Admin.PostAsync(path, content, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, text);
        return JsonNode.Parse(text)!;
    }
}
