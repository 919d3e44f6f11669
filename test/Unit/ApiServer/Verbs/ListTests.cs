using System.Text.Json.Nodes;
using Xunit;

namespace Vitrine.Unit.ApiServer.Verbs;

public sealed class ListTests : IAsyncLifetime
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        for (int i = 0; i < 5; i++)
        {
            await _server.PostAsync(Maps, CrudTests.Map($"m{i}", "1"));
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_list_of_any_version_has_no_pages()
    {
        (_, JsonObject list) = await _server.GetAsync($"{Maps}?limit=2&resourceVersion=0");
        Assert.Equal(5, Names(list).Count());
        Assert.Null(list["metadata"]!["continue"]);
    }

    [Fact]
    public async Task A_list_is_ordered_and_carries_a_version()
    {
        (int code, JsonObject list) = await _server.GetAsync(Maps);
        Assert.Equal(200, code);
        Assert.Equal("ConfigMapList", (string?)list["kind"]);
        Assert.Equal(["m0", "m1", "m2", "m3", "m4"], Names(list));
        Assert.True(long.Parse((string)list["metadata"]!["resourceVersion"]!) >= 5);
    }

    [Fact]
    public async Task Pages_of_one_list_show_one_moment()
    {
        (_, JsonObject first) = await _server.GetAsync($"{Maps}?limit=2");
        Assert.Equal(["m0", "m1"], Names(first));
        Assert.Equal(3, (int)first["metadata"]!["remainingItemCount"]!);
        await _server.DeleteAsync($"{Maps}/m3");
        await _server.PostAsync(Maps, CrudTests.Map("m1a", "1"));
        (_, JsonObject second) = await _server.GetAsync($"{Maps}?limit=9&continue={(string?)first["metadata"]!["continue"]}");
        Assert.Equal(["m2", "m3", "m4"], Names(second));
        Assert.Equal((string?)first["metadata"]!["resourceVersion"], (string?)second["metadata"]!["resourceVersion"]);
        Assert.Null(second["metadata"]!["continue"]);
    }

    [Fact]
    public async Task An_exact_version_shows_the_past()
    {
        (_, JsonObject before) = await _server.GetAsync(Maps);
        await _server.DeleteAsync($"{Maps}/m0");
        (int code, JsonObject past) = await _server.GetAsync($"{Maps}?resourceVersion={(string?)before["metadata"]!["resourceVersion"]}&resourceVersionMatch=Exact");
        Assert.Equal(200, code);
        Assert.Equal(["m0", "m1", "m2", "m3", "m4"], Names(past));
    }

    [Fact]
    public async Task A_version_from_the_future_is_a_timeout()
    {
        (int code, JsonObject status) = await _server.GetAsync($"{Maps}?resourceVersion=99999");
        Assert.Equal(504, code);
        Assert.StartsWith("Too large resource version: 99999", (string?)status["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?resourceVersionMatch=Exact", 422)]
    [InlineData("?resourceVersionMatch=Exact&resourceVersion=0", 422)]
    [InlineData("?resourceVersion=x", 400)]
    [InlineData("?continue=%21", 400)]
    [InlineData("?limit=x", 400)]
    [InlineData("?labelSelector=a+in+b", 400)]
    [InlineData("?fieldSelector=spec.unknown%3Da", 400)]
    public async Task A_list_that_makes_no_sense_is_refused(string query, int code) =>
        Assert.Equal(code, (await _server.GetAsync(Maps + query)).Code);

    [Fact]
    public async Task A_field_selector_picks_one_name()
    {
        (_, JsonObject list) = await _server.GetAsync($"{Maps}?fieldSelector=metadata.name%3Dm2");
        Assert.Equal(["m2"], Names(list));
    }

    [Fact]
    public async Task Metadata_alone_can_be_asked_for()
    {
        (_, JsonObject list) = await _server.SendAsync(HttpMethod.Get, Maps, null, accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
        Assert.Equal("PartialObjectMetadataList", (string?)list["kind"]);
        Assert.Null(list["items"]![0]!["data"]);
        Assert.Equal("m0", (string?)list["items"]![0]!["metadata"]!["name"]);
    }

    private static IEnumerable<string> Names(JsonObject list) => list["items"]!.AsArray().Select(static item => (string)item!["metadata"]!["name"]!);
}
