using System.Text.Json.Nodes;
using Xunit;

namespace Vitrine.Unit.ApiServer.Verbs;

public sealed class CrudTests : IAsyncLifetime
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_created_object_is_stamped_and_read_back()
    {
        (int code, JsonObject created) = await _server.PostAsync(Maps, Map("a", "1"));
        Assert.Equal(201, code);
        JsonNode metadata = created["metadata"]!;
        Assert.Equal("default", (string?)metadata["namespace"]);
        Assert.True(Guid.TryParse((string?)metadata["uid"], out _));
        Assert.True(long.Parse((string)metadata["resourceVersion"]!) > 0);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", (string)metadata["creationTimestamp"]!);
        (int read, JsonObject same) = await _server.GetAsync($"{Maps}/a");
        Assert.Equal(200, read);
        Assert.True(JsonNode.DeepEquals(created, same));
    }

    [Fact]
    public async Task Creating_twice_is_AlreadyExists()
    {
        await _server.PostAsync(Maps, Map("a", "1"));
        (int code, JsonObject status) = await _server.PostAsync(Maps, Map("a", "2"));
        Assert.Equal(409, code);
        Assert.Equal("AlreadyExists", (string?)status["reason"]);
        Assert.Equal("configmaps \"a\" already exists", (string?)status["message"]);
    }

    [Fact]
    public async Task GenerateName_appends_five_characters()
    {
        (int code, JsonObject created) = await _server.PostAsync(Maps, """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"x-"}}""");
        Assert.Equal(201, code);
        Assert.Matches("^x-[bcdfghjklmnpqrstvwxz2456789]{5}$", (string)created["metadata"]!["name"]!);
    }

    [Fact]
    public async Task An_absent_namespace_is_not_found()
    {
        (int code, JsonObject status) = await _server.PostAsync("/api/v1/namespaces/nowhere/configmaps", Map("a", "1"));
        Assert.Equal(404, code);
        Assert.Equal("namespaces \"nowhere\" not found", (string?)status["message"]);
    }

    [Fact]
    public async Task A_stale_update_is_a_conflict_in_upstreams_words()
    {
        (_, JsonObject created) = await _server.PostAsync(Maps, Map("a", "1"));
        JsonObject changed = created.DeepClone().AsObject();
        changed["data"]!["k"] = "2";
        (int first, _) = await _server.PutAsync($"{Maps}/a", changed.ToJsonString());
        changed["data"]!["k"] = "3";
        (int second, JsonObject status) = await _server.PutAsync($"{Maps}/a", changed.ToJsonString());
        Assert.Equal(200, first);
        Assert.Equal(409, second);
        Assert.Equal("Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again", (string?)status["message"]);
    }

    [Fact]
    public async Task An_update_without_change_makes_no_revision()
    {
        (_, JsonObject created) = await _server.PostAsync(Maps, Map("a", "1"));
        (int code, JsonObject same) = await _server.PutAsync($"{Maps}/a", created.ToJsonString());
        Assert.Equal(200, code);
        Assert.Equal((string?)created["metadata"]!["resourceVersion"], (string?)same["metadata"]!["resourceVersion"]);
    }

    [Fact]
    public async Task An_update_of_an_absent_object_is_not_found()
    {
        (int code, _) = await _server.PutAsync($"{Maps}/a", Map("a", "1"));
        Assert.Equal(404, code);
    }

    [Fact]
    public async Task A_name_that_differs_from_the_url_is_refused()
    {
        await _server.PostAsync(Maps, Map("a", "1"));
        (int code, JsonObject status) = await _server.PutAsync($"{Maps}/a", Map("b", "1"));
        Assert.Equal(400, code);
        Assert.Equal("the name of the object (b) does not match the name on the URL (a)", (string?)status["message"]);
    }

    [Fact]
    public async Task A_dry_run_creates_nothing()
    {
        (int code, JsonObject created) = await _server.PostAsync($"{Maps}?dryRun=All", Map("a", "1"));
        Assert.Equal(201, code);
        Assert.NotNull(created["metadata"]!["uid"]);
        Assert.Equal(404, (await _server.GetAsync($"{Maps}/a")).Code);
    }

    [Fact]
    public async Task A_deleted_object_is_gone_and_named_in_the_status()
    {
        (_, JsonObject created) = await _server.PostAsync(Maps, Map("a", "1"));
        (int code, JsonObject status) = await _server.DeleteAsync($"{Maps}/a");
        Assert.Equal(200, code);
        Assert.Equal("Success", (string?)status["status"]);
        Assert.Equal((string?)created["metadata"]!["uid"], (string?)status["details"]!["uid"]);
        Assert.Equal(404, (await _server.GetAsync($"{Maps}/a")).Code);
    }

    [Fact]
    public async Task A_uid_precondition_protects_a_successor()
    {
        await _server.PostAsync(Maps, Map("a", "1"));
        (int code, _) = await _server.DeleteAsync($"{Maps}/a", """{"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"other"}}""");
        Assert.Equal(409, code);
        Assert.Equal(200, (await _server.GetAsync($"{Maps}/a")).Code);
    }

    [Fact]
    public async Task An_object_with_finalizers_goes_when_the_last_one_does()
    {
        (_, JsonObject value) = await _server.PostAsync(Maps, """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","finalizers":["example.com/f"]}}""");
        (int code, JsonObject marked) = await _server.DeleteAsync($"{Maps}/a");
        Assert.Equal(200, code);
        Assert.NotNull(marked["metadata"]!["deletionTimestamp"]);
        Assert.Equal(200, (await _server.GetAsync($"{Maps}/a")).Code);
        value["metadata"]!.AsObject().Remove("finalizers");
        value["metadata"]!.AsObject().Remove("resourceVersion");
        Assert.Equal(200, (await _server.PutAsync($"{Maps}/a", value.ToJsonString())).Code);
        Assert.Equal(404, (await _server.GetAsync($"{Maps}/a")).Code);
    }

    [Fact]
    public async Task A_collection_is_deleted_by_selector()
    {
        for (int i = 0; i < 6; i++)
        {
            await _server.PostAsync(Maps, $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m{{{i}}}","labels":{"half":"{{{i % 2}}}"} } }""");
        }

        (int code, JsonObject deleted) = await _server.DeleteAsync($"{Maps}?labelSelector=half%3D1");
        Assert.Equal(200, code);
        Assert.Equal(3, deleted["items"]!.AsArray().Count);
        (_, JsonObject left) = await _server.GetAsync(Maps);
        Assert.Equal(["m0", "m2", "m4"], left["items"]!.AsArray().Select(static item => (string)item!["metadata"]!["name"]!));
    }

    internal static string Map(string name, string value) =>
        $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}"},"data":{"k":"{{{value}}}"}}""";
}
