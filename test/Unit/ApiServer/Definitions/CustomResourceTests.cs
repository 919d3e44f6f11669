using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Definitions;

/// <summary>Custom resources from their definition to their end, by HTTP.</summary>
public sealed class CustomResourceTests : IAsyncLifetime
{
    private const string Widgets = "/apis/test.example/v1/namespaces/default/widgets";
    private const string Table = "application/json;as=Table;g=meta.k8s.io;v=v1";
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(kinds: KindList.All);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task An_established_kind_is_created_listed_patched_and_deleted()
    {
        await DefineAsync(Definition.Widgets());
        (int code, JsonObject made) = await _server.PostAsync(Widgets, Widget("a"));
        Assert.Equal((201, 1L, 1L), (code, made["spec"].Number("replicas"), made["metadata"].Number("generation")));
        Assert.Equal("a", (await _server.GetAsync($"{Widgets}/a")).Body.TextAt("metadata.name"));
        Assert.Equal("WidgetList", (await _server.GetAsync("/apis/test.example/v1/widgets")).Body.Text("kind"));
        (code, JsonObject patched) = await PatchAsync($"{Widgets}/a", "merge", """{"spec":{"replicas":3}}""");
        Assert.Equal((200, 3L, 2L), (code, patched["spec"].Number("replicas"), patched["metadata"].Number("generation")));
        (code, patched) = await PatchAsync($"{Widgets}/a", "json", """[{"op":"replace","path":"/spec/replicas","value":2}]""");
        Assert.Equal((200, 2L), (code, patched["spec"].Number("replicas")));
        (code, JsonObject refused) = await PatchAsync($"{Widgets}/a", "strategic-merge", """{"spec":{"replicas":3}}""");
        Assert.Equal((415, "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"), (code, refused.Text("message")));
        Assert.Equal(200, (await _server.DeleteAsync($"{Widgets}/a")).Code);
        Assert.Equal(404, (await _server.GetAsync($"{Widgets}/a")).Code);
    }

    [Fact]
    public async Task What_the_schema_does_not_have_is_pruned_named_or_refused()
    {
        await DefineAsync(Definition.Widgets());
        string widget = """{"apiVersion":"test.example/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"image":"x","odd":1,"free":{"any":[1]}}}""";
        (int code, JsonObject refused) = await _server.PostAsync($"{Widgets}?fieldValidation=Strict", widget);
        Assert.Equal((400, "Widget in version \"v1\" cannot be handled as a Widget: strict decoding error: unknown field \"spec.odd\""), (code, refused.Text("message")));
        (code, JsonObject made) = await _server.PostAsync(Widgets, widget);
        Assert.Equal(201, code);
        Assert.Equal("""{"image":"x","free":{"any":[1]},"replicas":1,"maximum":10}""", Sorted(made["spec"]!, "image", "free", "replicas", "maximum"));
    }

    [Theory]
    [InlineData("""{"image":"X"}""", "Widget.test.example \"a\" is invalid: spec.image: Invalid value: \"X\": spec.image in body should match '^[a-z]+$'")]
    [InlineData("""{"image":"x","replicas":-1}""", "Widget.test.example \"a\" is invalid: spec.replicas: Invalid value: -1: spec.replicas in body should be greater than or equal to 0")]
    [InlineData("""{}""", "Widget.test.example \"a\" is invalid: spec.image: Required value")]
    [InlineData("""{"image":"x","replicas":11}""", "Widget.test.example \"a\" is invalid: spec: Invalid value: \"object\": more replicas than the maximum")]
    public async Task What_the_schema_or_a_rule_forbids_is_refused(string spec, string message)
    {
        await DefineAsync(Definition.Widgets());
        (int code, JsonObject refused) = await _server.PostAsync(Widgets, Widget("a", spec));
        Assert.Equal((422, message), (code, refused.Text("message")));
    }

    [Fact]
    public async Task A_transition_rule_looks_back()
    {
        await DefineAsync(Definition.Widgets());
        await _server.PostAsync(Widgets, Widget("a"));
        (int code, JsonObject refused) = await PatchAsync($"{Widgets}/a", "merge", """{"spec":{"image":"other"}}""");
        Assert.Equal((422, "Widget.test.example \"a\" is invalid: spec.image: Invalid value: \"string\": image is immutable"), (code, refused.Text("message")));
    }

    [Fact]
    public async Task Status_and_scale_are_subresources()
    {
        await DefineAsync(Definition.Widgets());
        (_, JsonObject made) = await _server.PostAsync(Widgets, Widget("a").Replace("\"spec\"", "\"status\":{\"phase\":\"Lost\"},\"spec\"", StringComparison.Ordinal));
        Assert.Null(made["status"]);
        (int code, JsonObject changed) = await PatchAsync($"{Widgets}/a/status", "merge", """{"metadata":{"labels":{"a":"b"}},"spec":{"replicas":9},"status":{"phase":"Here","replicas":1,"selector":"a=b"}}""");
        Assert.Equal((200, "Here", 1L, 1L), (code, changed.TextAt("status.phase"), changed["spec"].Number("replicas"), changed["metadata"].Number("generation")));
        Assert.Null(changed["metadata"]!["labels"]);
        (code, JsonObject scale) = await _server.GetAsync($"{Widgets}/a/scale");
        Assert.Equal((200, "Scale", 1L, 1L, "a=b"), (code, scale.Text("kind"), scale["spec"].Number("replicas"), scale["status"].Number("replicas"), scale.TextAt("status.selector")));
        (code, scale) = await PatchAsync($"{Widgets}/a/scale", "merge", """{"spec":{"replicas":4}}""");
        Assert.Equal((200, 4L), (code, scale["spec"].Number("replicas")));
        Assert.Equal(4, (await _server.GetAsync($"{Widgets}/a")).Body["spec"].Number("replicas"));
    }

    [Fact]
    public async Task A_table_has_the_columns_of_the_definition()
    {
        await DefineAsync(Definition.Widgets());
        await _server.PostAsync(Widgets, Widget("a"));
        (_, JsonObject table) = await _server.SendAsync(HttpMethod.Get, Widgets, null, accept: Table);
        Assert.Equal("Name Image Replicas Phase Age", string.Join(' ', table.Objects("columnDefinitions").Select(static c => c.Text("name"))));
        Assert.Equal("""["a","x",1,null,"0s"]""", table["rows"]![0]!["cells"]!.ToJsonString().Replace("\"1s\"", "\"0s\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Objects_are_selected_by_the_fields_of_the_definition()
    {
        await DefineAsync(Definition.Widgets());
        await _server.PostAsync(Widgets, Widget("a", """{"image":"x","color":"red"}"""));
        await _server.PostAsync(Widgets, Widget("b", """{"image":"x","color":"blue"}"""));
        Assert.Equal("a", (await _server.GetAsync($"{Widgets}?fieldSelector=spec.color%3Dred")).Body.Objects("items").Single().TextAt("metadata.name"));
        Assert.Equal(400, (await _server.GetAsync($"{Widgets}?fieldSelector=spec.image%3Dx")).Code);
    }

    [Fact]
    public async Task One_object_is_read_at_every_version_that_is_served()
    {
        JsonObject definition = Definition.Widgets();
        JsonObject second = definition.Version().DeepClone().AsObject();
        second["name"] = "v2";
        second["storage"] = false;
        second["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!["properties"]!["size"] = new JsonObject { ["type"] = "string", ["default"] = "small" };
        definition["spec"]!["versions"]!.AsArray().Add((JsonNode)second);
        await DefineAsync(definition);
        await _server.PostAsync(Widgets, Widget("a"));
        (int code, JsonObject read) = await _server.GetAsync("/apis/test.example/v2/namespaces/default/widgets/a");
        Assert.Equal((200, "test.example/v2", "small"), (code, read.Text("apiVersion"), read.TextAt("spec.size")));
        (code, read) = await PatchAsync("/apis/test.example/v2/namespaces/default/widgets/a", "merge", """{"spec":{"size":"large"}}""");
        Assert.Equal((200, "large"), (code, read.TextAt("spec.size")));
        (_, read) = await _server.GetAsync($"{Widgets}/a");
        Assert.Equal(("test.example/v1", ""), (read.Text("apiVersion"), read.TextAt("spec.size")));
        Assert.Equal("""["v2","v1"]""", new JsonArray([.. (await _server.GetAsync("/apis/test.example")).Body.Objects("versions").Select(static v => (JsonNode)v.Text("version"))]).ToJsonString());
    }

    [Fact]
    public async Task Discovery_and_OpenApi_know_the_kind_as_long_as_it_is_there()
    {
        Assert.Equal(404, (await _server.GetAsync("/apis/test.example/v1")).Code);
        (_, JsonObject before) = await _server.GetAsync("/openapi/v3");
        await DefineAsync(Definition.Widgets());
        (_, JsonObject resources) = await _server.GetAsync("/apis/test.example/v1");
        Assert.Equal("widgets widgets/status widgets/scale", string.Join(' ', resources.Objects("resources").Select(static r => r.Text("name"))));
        (_, JsonObject index) = await _server.GetAsync("/openapi/v3");
        Assert.Equal(before["paths"]!["apis/apps/v1"]!.ToJsonString(), index["paths"]!["apis/apps/v1"]!.ToJsonString());
        (_, JsonObject document) = await _server.GetAsync(index["paths"]!["apis/test.example/v1"]!["serverRelativeURL"]!.GetValue<string>());
        JsonNode schema = document["components"]!["schemas"]!["example.test.v1.Widget"]!;
        Assert.Equal("""[{"group":"test.example","kind":"Widget","version":"v1"}]""", schema["x-kubernetes-group-version-kind"]!.ToJsonString());
        Assert.Equal("^[a-z]+$", schema["properties"]!["spec"]!["properties"]!["image"]!["pattern"]!.GetValue<string>());
        Assert.True((await _server.GetAsync("/openapi/v2")).Body["definitions"]!.AsObject().ContainsKey("example.test.v1.Widget"));
        await _server.DeleteAsync($"{Definition.Path}/widgets.test.example");
        await EventuallyAsync(async () => (await _server.GetAsync("/apis/test.example/v1")).Code == 404);
    }

    [Fact]
    public async Task A_definition_that_goes_takes_its_objects_along_and_waits_for_their_finalizers()
    {
        await DefineAsync(Definition.Widgets());
        await _server.PostAsync(Widgets, Widget("a"));
        await _server.PostAsync(Widgets, Widget("held").Replace("\"metadata\":{", "\"metadata\":{\"finalizers\":[\"test.example/hold\"],", StringComparison.Ordinal));
        (_, JsonObject marked) = await _server.DeleteAsync($"{Definition.Path}/widgets.test.example");
        Assert.Equal("""["customresourcecleanup.apiextensions.k8s.io"]""", marked["metadata"]!["finalizers"]!.ToJsonString());
        (int code, JsonObject refused) = await _server.PostAsync(Widgets, Widget("late"));
        Assert.Equal((405, "create not allowed while custom resource definition is terminating"), (code, refused.Text("message")));
        await EventuallyAsync(async () => (await _server.GetAsync($"{Widgets}/a")).Code == 404);
        Assert.Equal(200, (await _server.GetAsync($"{Definition.Path}/widgets.test.example")).Code);
        await PatchAsync($"{Widgets}/held", "merge", """{"metadata":{"finalizers":null}}""");
        await EventuallyAsync(async () => (await _server.GetAsync($"{Definition.Path}/widgets.test.example")).Code == 404);
        await DefineAsync(Definition.Widgets());
        Assert.Empty((await _server.GetAsync(Widgets)).Body.Objects("items"));
    }

    [Fact]
    public async Task A_schema_that_changes_holds_for_what_is_there()
    {
        await DefineAsync(Definition.Widgets());
        await _server.PostAsync(Widgets, Widget("a", """{"image":"x","color":"red"}"""));
        (_, JsonObject definition) = await _server.GetAsync($"{Definition.Path}/widgets.test.example");
        JsonObject spec = definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!["properties"]!.AsObject();
        spec["weight"] = new JsonObject { ["type"] = "integer", ["default"] = 5 };
        Assert.Equal(200, (await _server.PutAsync($"{Definition.Path}/widgets.test.example", definition.ToJsonString())).Code);
        await EventuallyAsync(async () => (await _server.GetAsync($"{Widgets}/a")).Body["spec"].Number("weight") == 5);
        Assert.Equal("red", (await _server.GetAsync($"{Widgets}/a")).Body.TextAt("spec.color"));
    }

    [Fact]
    public async Task A_watch_follows_a_custom_kind()
    {
        await DefineAsync(Definition.Widgets());
        using HttpRequestMessage request = new(HttpMethod.Get, $"{Widgets}?watch=1&resourceVersion=0&timeoutSeconds=20");
        using HttpResponseMessage answer = await _server.Admin.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using StreamReader events = new(await answer.Content.ReadAsStreamAsync());
        await _server.PostAsync(Widgets, Widget("a"));
        await _server.DeleteAsync($"{Widgets}/a");
        Assert.Equal("ADDED", JsonNode.Parse((await events.ReadLineAsync())!).Text("type"));
        JsonNode last = JsonNode.Parse((await events.ReadLineAsync())!)!;
        Assert.Equal(("DELETED", "x"), (last.Text("type"), last.TextAt("object.spec.image")));
    }

    [Fact]
    public async Task A_watch_ends_with_its_kind_and_not_with_another_of_its_schema()
    {
        await DefineAsync(Definition.Widgets());
        await _server.PostAsync(Widgets, Widget("a"));
        using HttpRequestMessage request = new(HttpMethod.Get, $"{Widgets}?watch=1&resourceVersion=0&timeoutSeconds=60");
        using HttpResponseMessage answer = await _server.Admin.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using StreamReader events = new(await answer.Content.ReadAsStreamAsync());
        Assert.Equal("ADDED", JsonNode.Parse((await events.ReadLineAsync())!).Text("type"));
        (_, JsonObject definition) = await _server.GetAsync($"{Definition.Path}/widgets.test.example");
        definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!["properties"]!["weight"] = new JsonObject { ["type"] = "integer" };
        Assert.Equal(200, (await _server.PutAsync($"{Definition.Path}/widgets.test.example", definition.ToJsonString())).Code);
        await EventuallyAsync(async () => (await PatchAsync($"{Widgets}/a", "merge", """{"spec":{"weight":3}}""")).Body["spec"].Number("weight") == 3);
        Assert.Equal("MODIFIED", JsonNode.Parse((await events.ReadLineAsync())!).Text("type"));
        await _server.DeleteAsync($"{Definition.Path}/widgets.test.example");
        Assert.Equal("DELETED", JsonNode.Parse((await events.ReadLineAsync())!).Text("type"));
        using CancellationTokenSource late = new(TimeSpan.FromSeconds(20));
        Assert.Null(await events.ReadLineAsync(late.Token));
    }

    [Fact]
    public async Task Managers_share_lists_as_the_definition_says()
    {
        JsonObject definition = Definition.Widgets();
        definition.Version()["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!["properties"]!["ports"] = JsonNode.Parse("""
            {"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["port","protocol"],"items":{"type":"object","required":["port"],"properties":{"port":{"type":"integer"},"protocol":{"type":"string","default":"TCP"},"name":{"type":"string"}}}}
            """);
        await DefineAsync(definition);
        (int code, JsonObject made) = await ApplyAsync("one", """{"image":"x","ports":[{"port":80,"name":"http"}],"free":{"a":{"b":1}}}""");
        Assert.True(code == 201, made.ToJsonString());
        (code, made) = await ApplyAsync("two", """{"ports":[{"port":80,"protocol":"UDP"},{"port":443}],"free":{"a":{"c":2}}}""");
        Assert.True(code == 200, made.ToJsonString());
        Assert.Equal("80/TCP http,80/UDP ,443/TCP ", string.Join(',', made["spec"].Objects("ports").Select(static p => $"{p.Number("port")}/{p.Text("protocol")} {p.Text("name")}")));
        Assert.Equal("""{"b":1,"c":2}""", made["spec"]!["free"]!["a"]!.ToJsonString());
        (code, made) = await ApplyAsync("two", """{"image":"y"}""");
        Assert.Equal((409, "Apply failed with 1 conflict: conflict with \"one\": .spec.image"), (code, made.Text("message")));
        (code, made) = await ApplyAsync("one", """{"image":"x"}""");
        Assert.Equal("80/UDP,443/TCP", string.Join(',', made["spec"].Objects("ports").Select(static p => $"{p.Number("port")}/{p.Text("protocol")}")));
        (code, made) = await ApplyAsync("one", """{"image":"x","odd":1}""");
        Assert.Equal((400, "failed to create typed patch object (default/shared; test.example/v1, Kind=Widget): .spec.odd: field not declared in schema"), (code, made.Text("message")));
    }

    [Fact]
    public async Task A_definition_that_cannot_be_is_refused_whole()
    {
        JsonObject definition = Definition.Widgets(schema: """{"type":"object","properties":{"spec":{"type":"object","x-kubernetes-validations":[{"rule":"self.none > 1"}]}}}""");
        definition.Version().Remove("selectableFields");
        (int code, JsonObject refused) = await _server.PostAsync(Definition.Path, definition.ToJsonString());
        Assert.Equal((422, "CustomResourceDefinition.apiextensions.k8s.io \"widgets.test.example\" is invalid: spec.versions[0].schema.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Invalid value: \"self.none > 1\": compilation failed: ERROR: <input>:1:5: undefined field 'none'"), (code, refused.Text("message")));
    }

    [Fact]
    public async Task Definitions_and_objects_are_there_after_a_restart()
    {
        await DefineAsync(Definition.Widgets());
        await _server.PostAsync(Widgets, Widget("a"));
        await _server.RestartAsync();
        (int code, JsonObject read) = await _server.GetAsync($"{Widgets}/a");
        Assert.Equal((200, "x"), (code, read.TextAt("spec.image")));
        Assert.Equal(201, (await _server.PostAsync(Widgets, Widget("b"))).Code);
    }

    private static string Widget(string name, string spec = """{"image":"x"}""") => $$"""{"apiVersion":"test.example/v1","kind":"Widget","metadata":{"name":"{{name}}"},"spec":{{spec}}}""";

    private async Task DefineAsync(JsonObject definition)
    {
        (int code, JsonObject made) = await _server.PostAsync(Definition.Path, definition.ToJsonString());
        Assert.True(code == 201, made.ToJsonString());
        string name = definition.TextAt("metadata.name");
        await EventuallyAsync(async () => (await _server.GetAsync($"{Definition.Path}/{name}")).Body["status"].Objects("conditions").Any(static c => c.Text("type") == "Established" && c.Text("status") == "True"));
    }

    private Task<(int Code, JsonObject Body)> PatchAsync(string path, string type, string patch) => _server.SendAsync(HttpMethod.Patch, path, patch, $"application/{type}-patch+json");

    private Task<(int Code, JsonObject Body)> ApplyAsync(string manager, string spec) =>
        _server.SendAsync(HttpMethod.Patch, $"{Widgets}/shared?fieldManager={manager}", Widget("shared", spec), "application/apply-patch+yaml");

    private static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        for (int i = 0; i < 400; i++)
        {
            if (await holds())
            {
                return;
            }

            await Task.Delay(25);
        }

        Assert.Fail("it did not come to pass");
    }

    private static string Sorted(JsonNode map, params string[] order) => new JsonObject(order.Select(name => KeyValuePair.Create(name, map[name]?.DeepClone()))).ToJsonString();
}
