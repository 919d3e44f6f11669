using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Protobuf;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Protobuf;

public class ProtobufRequestTests
{
    [Fact]
    public async Task A_configmap_sent_as_protobuf_is_created_and_answered_in_json()
    {
        await using TestServer server = await TestServer.StartAsync();

        var (code, made) = await SendAsync(server, HttpMethod.Post, "/api/v1/namespaces/default/configmaps?fieldValidation=Strict", RecordedBodies.Sent("configmap-1.33"));

        Assert.Equal(201, code);
        Assert.Equal("1", made["data"]!["a"]!.GetValue<string>());
        Assert.Equal("AP+AYmlu", made["binaryData"]!["b.bin"]!.GetValue<string>());
        var (found, _) = await server.GetAsync("/api/v1/namespaces/default/configmaps/web");
        Assert.Equal(200, found);
    }

    [Fact]
    public async Task Delete_options_sent_as_protobuf_count()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.PostAsync("/api/v1/namespaces/default/configmaps", """{"metadata":{"name":"web"}}""");
        // preconditions=2 {uid=1}
        byte[] options = MessageWriter.Envelope("v1", "DeleteOptions", new MessageWriter().Bytes(2, new MessageWriter().Text(1, "another").ToArray()).ToArray());

        var (refused, _) = await SendAsync(server, HttpMethod.Delete, "/api/v1/namespaces/default/configmaps/web", options);
        var (gone, _) = await SendAsync(server, HttpMethod.Delete, "/api/v1/namespaces/default/configmaps/web", RecordedBodies.Sent("deleteoptions-1.33"));

        Assert.Equal(409, refused);
        Assert.Equal(200, gone);
    }

    [Fact]
    public async Task A_binding_sent_as_protobuf_binds()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.PostAsync("/api/v1/namespaces/default/pods", """{"metadata":{"name":"web"},"spec":{"containers":[{"name":"c","image":"i"}]}}""");
        // metadata=1 {name=1}, target=2 {kind=1, name=3}
        byte[] binding = new MessageWriter()
            .Bytes(1, new MessageWriter().Text(1, "web").ToArray())
            .Bytes(2, new MessageWriter().Text(1, "Node").Text(3, "node-1").ToArray()).ToArray();

        var (code, _) = await SendAsync(server, HttpMethod.Post, "/api/v1/namespaces/default/pods/web/binding", MessageWriter.Envelope("v1", "Binding", binding));

        Assert.Equal(201, code);
        var (_, pod) = await server.GetAsync("/api/v1/namespaces/default/pods/web");
        Assert.Equal("node-1", pod["spec"]!["nodeName"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_cut_body_is_a_bad_request()
    {
        await using TestServer server = await TestServer.StartAsync();

        var (code, status) = await SendAsync(server, HttpMethod.Post, "/api/v1/namespaces/default/configmaps", RecordedBodies.Sent("configmap-1.33")[..40]);

        Assert.Equal(400, code);
        Assert.Equal("the object provided is unrecognized (must be of type ConfigMap): unexpected EOF", status["message"]!.GetValue<string>());
    }

    private static async Task<(int Code, JsonObject Body)> SendAsync(TestServer server, HttpMethod method, string path, byte[] body)
    {
        using HttpRequestMessage request = new(method, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(ProtobufBody.MediaType);
        request.Headers.TryAddWithoutValidation("Accept", "application/vnd.kubernetes.protobuf,application/json");
        using HttpResponseMessage answer = await server.Admin.SendAsync(request);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject());
    }
}
