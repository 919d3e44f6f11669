using System.Globalization;
using System.Text.Json.Nodes;
using Xunit;

namespace Vitrine.Cluster.Conformance;

/// <summary>Watches: from where they begin, that they miss and repeat nothing, and how they end.</summary>
public sealed class WatchTests(SharedCluster cluster) : IDisposable
{
    private readonly Api api = new(cluster);

    public void Dispose() => api.Dispose();

    [Fact]
    public async Task A_watch_goes_on_where_another_ended()
    {
        var all = await MapsAsync("conf-watch");
        var from = (await api.GetAsync(all)).Version;
        (await api.PostAsync(all, """{"metadata":{"name":"w"},"data":{"n":"0"}}""")).Must(201);
        for (var i = 1; i <= 3; i++)
        {
            (await api.PatchAsync($"{all}/w", $$$"""{"data":{"n":"{{{i}}}"}}""")).Must(200);
        }

        (await api.DeleteAsync($"{all}/w")).Must(200);
        var seen = await api.TakeAsync($"{all}?resourceVersion={from}&fieldSelector=metadata.name%3Dw", 5);
        Assert.Equal(["ADDED 0", "MODIFIED 1", "MODIFIED 2", "MODIFIED 3", "DELETED 3"], seen.Select(static e => $"{e["type"]} {e["object"]!["data"]!["n"]}"));
        var versions = seen.Select(static e => long.Parse((string)e["object"]!["metadata"]!["resourceVersion"]!, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(versions.Order(), versions);
        Assert.Equal(5, versions.Distinct().Count());
        var rest = await api.TakeAsync($"{all}?resourceVersion={versions[1]}&fieldSelector=metadata.name%3Dw", 3);
        Assert.Equal(["MODIFIED 2", "MODIFIED 3", "DELETED 3"], rest.Select(static e => $"{e["type"]} {e["object"]!["data"]!["n"]}"));
    }

    [Fact]
    public async Task Without_a_version_a_watch_begins_with_what_is_there()
    {
        var all = await MapsAsync("conf-watch-all");
        (await api.PostAsync(all, """{"metadata":{"name":"one"}}""")).Must(201);
        Assert.Contains(await api.TakeAsync(all, 1), static e => (string?)e["type"] == "ADDED");
        var listed = await api.TakeAsync($"{all}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&fieldSelector=metadata.name%3Done", 2);
        Assert.Equal(["ADDED", "BOOKMARK"], listed.Select(static e => (string?)e["type"]));
        Assert.Equal("true", (string?)listed[1]["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]);
    }

    [Fact]
    public async Task What_comes_into_a_selection_is_added_and_what_leaves_it_deleted()
    {
        var all = await MapsAsync("conf-watch-select");
        (await api.PostAsync(all, """{"metadata":{"name":"s"}}""")).Must(201);
        var from = (await api.GetAsync(all)).Version;
        (await api.PatchAsync($"{all}/s", """{"metadata":{"labels":{"in":"y"}}}""")).Must(200);
        (await api.PatchAsync($"{all}/s", """{"data":{"a":"b"}}""")).Must(200);
        (await api.PatchAsync($"{all}/s", """{"metadata":{"labels":{"in":null}}}""")).Must(200);
        var seen = await api.TakeAsync($"{all}?resourceVersion={from}&labelSelector=in%3Dy", 3);
        Assert.Equal(["ADDED", "MODIFIED", "DELETED"], seen.Select(static e => (string?)e["type"]));
    }

    [Fact]
    public async Task A_watch_ends_after_its_time_and_one_of_an_unknown_version_is_gone()
    {
        var all = await MapsAsync("conf-watch-end");
        var from = (await api.GetAsync(all)).Version;
        var started = Environment.TickCount64;
        await foreach (var change in api.WatchAsync($"{all}?resourceVersion={from}&timeoutSeconds=1"))
        {
            Assert.Fail(change.ToJsonString());
        }

        Assert.InRange(Environment.TickCount64 - started, 900, 10_000);
        var future = long.Parse(from, CultureInfo.InvariantCulture) + 1_000_000;
        (await api.GetAsync($"{all}?watch=true&resourceVersion={future}")).Fails(410, "Expired");
    }

    [Fact]
    public async Task Many_watchers_see_every_change_in_the_same_order()
    {
        var all = await MapsAsync("conf-watch-many");
        var from = (await api.GetAsync(all)).Version;
        var watchers = Enumerable.Range(0, 12).Select(_ => api.TakeAsync($"{all}?resourceVersion={from}&labelSelector=m%3Dy", 200, 60)).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async w =>
        {
            for (var i = 0; i < 50; i++)
            {
                (await api.PostAsync(all, $$$"""{"metadata":{"name":"m-{{{w}}}-{{{i}}}","labels":{"m":"y"} }}""")).Must(201);
            }
        }));
        var seen = (await Task.WhenAll(watchers)).Select(static events => string.Join(' ', events.Select(static e => (string?)e["object"]!["metadata"]!["name"]))).ToArray();
        Assert.Single(seen.Distinct());
        Assert.Equal(200, seen[0].Split(' ').Distinct().Count());
    }

    private async Task<string> MapsAsync(string ns) => $"api/v1/namespaces/{await cluster.NamespaceAsync(ns)}/configmaps";
}
