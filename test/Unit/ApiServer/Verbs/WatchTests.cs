using System.Text.Json.Nodes;
using Xunit;

namespace Vitrine.Unit.ApiServer.Verbs;

public sealed class WatchTests : IAsyncLifetime
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Without_a_version_current_objects_come_first()
    {
        await CreateAsync("a");
        using WatchStream watch = await OpenAsync("?watch=true");
        Assert.Equal(("ADDED", "a"), await watch.NextNameAsync());
        await CreateAsync("b");
        Assert.Equal(("ADDED", "b"), await watch.NextNameAsync());
    }

    [Fact]
    public async Task From_a_version_only_later_changes_come()
    {
        string version = await CreateAsync("a");
        await CreateAsync("b");
        await _server.DeleteAsync($"{Maps}/a");
        using WatchStream watch = await OpenAsync($"?watch=1&resourceVersion={version}");
        Assert.Equal(("ADDED", "b"), await watch.NextNameAsync());
        (string type, JsonObject gone) = await watch.NextAsync();
        Assert.Equal("DELETED", type);
        Assert.True(long.Parse((string)gone["metadata"]!["resourceVersion"]!) > long.Parse(version) + 1);
    }

    [Fact]
    public async Task Leaving_a_selector_is_a_deletion_and_entering_it_an_addition()
    {
        string version = await CreateAsync("a", "app=x");
        using WatchStream watch = await OpenAsync($"?watch=1&labelSelector=app%3Dx&resourceVersion={version}");
        JsonObject left = await RelabelAsync("a", "y");
        (string type, JsonObject seen) = await watch.NextAsync();
        Assert.Equal("DELETED", type);
        Assert.Equal("x", (string?)seen["metadata"]!["labels"]!["app"]);
        Assert.Equal((string?)left["metadata"]!["resourceVersion"], (string?)seen["metadata"]!["resourceVersion"]);
        await RelabelAsync("a", "x");
        Assert.Equal(("ADDED", "a"), await watch.NextNameAsync());
    }

    [Fact]
    public async Task Initial_events_end_with_an_annotated_bookmark()
    {
        await CreateAsync("a");
        using WatchStream watch = await OpenAsync("?watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan");
        Assert.Equal(("ADDED", "a"), await watch.NextNameAsync());
        (string type, JsonObject mark) = await watch.NextAsync();
        Assert.Equal("BOOKMARK", type);
        Assert.Equal("true", (string?)mark["metadata"]!["annotations"]!["k8s.io/initial-events-end"]);
    }

    [Fact]
    public async Task A_watch_ends_after_timeoutSeconds()
    {
        using WatchStream watch = await OpenAsync("?watch=1&timeoutSeconds=1");
        await watch.ExpectEndAsync();
    }

    [Fact]
    public async Task Other_namespaces_are_not_seen()
    {
        await _server.PostAsync("/api/v1/namespaces", """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"other"}}""");
        using WatchStream watch = await OpenAsync("?watch=1");
        await _server.PostAsync("/api/v1/namespaces/other/configmaps", CrudTests.Map("hidden", "1"));
        await CreateAsync("seen");
        Assert.Equal(("ADDED", "seen"), await watch.NextNameAsync());
    }

    [Fact]
    public async Task A_version_from_the_future_is_expired()
    {
        (int code, JsonObject status) = await _server.GetAsync($"{Maps}?watch=1&resourceVersion=999999");
        Assert.Equal(410, code);
        Assert.Equal("Expired", (string?)status["reason"]);
    }

    [Fact]
    public async Task Initial_events_need_NotOlderThan()
    {
        (int code, _) = await _server.GetAsync($"{Maps}?watch=1&sendInitialEvents=true");
        Assert.Equal(422, code);
    }

    [Fact]
    public async Task Every_change_of_a_storm_is_seen_once_and_in_order()
    {
        using WatchStream watch = await OpenAsync("?watch=1");
        const int Count = 400;
        await Parallel.ForAsync(0, Count, async (i, _) => await CreateAsync($"m{i:000}"));
        HashSet<string> names = [];
        long last = 0;
        for (int i = 0; i < Count; i++)
        {
            (string type, JsonObject value) = await watch.NextAsync();
            Assert.Equal("ADDED", type);
            Assert.True(names.Add((string)value["metadata"]!["name"]!));
            long version = long.Parse((string)value["metadata"]!["resourceVersion"]!);
            Assert.True(version > last);
            last = version;
        }
    }

    private Task<WatchStream> OpenAsync(string query) => WatchStream.OpenAsync(_server.Admin, Maps + query);

    private async Task<string> CreateAsync(string name, string? label = null)
    {
        JsonObject map = JsonNode.Parse(CrudTests.Map(name, "1"))!.AsObject();
        if (label?.Split('=') is [var key, var value])
        {
            map["metadata"]!["labels"] = new JsonObject { [key] = value };
        }

        (int code, JsonObject created) = await _server.PostAsync(Maps, map.ToJsonString());
        Assert.Equal(201, code);
        return (string)created["metadata"]!["resourceVersion"]!;
    }

    private async Task<JsonObject> RelabelAsync(string name, string app)
    {
        (_, JsonObject map) = await _server.GetAsync($"{Maps}/{name}");
        map["metadata"]!["labels"]!["app"] = app;
        return (await _server.PutAsync($"{Maps}/{name}", map.ToJsonString())).Body;
    }
}
