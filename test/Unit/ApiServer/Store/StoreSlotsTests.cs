using System.IO.Compression;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Store;
using Xunit;

namespace Vitrine.Unit.ApiServer.Store;

public sealed class StoreSlotsTests : IAsyncDisposable
{
    private static readonly Kind Things = new()
    {
        Group = "example.com", Version = "v1", Name = "Thing", Plural = "things", Singular = "thing", Namespaced = true, Schema = "com.example.v1.Thing",
    };

    private readonly TemporaryStore temporary = TemporaryStore.Open();

    public ValueTask DisposeAsync() => temporary.DisposeAsync();

    [Fact]
    public async Task A_resource_that_comes_later_has_a_place_that_it_keeps()
    {
        Assert.Throws<KeyNotFoundException>(() => temporary.Store.IndexOf(Things));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => temporary.Store.AddAsync(Things.Group, Things.Plural)));
        await WriteAsync("a");
        Assert.Equal("a", Assert.Single(temporary.Store.Tree(Things).List(null)).Name);
        Assert.Same(temporary.Store.Window(Things), temporary.Store.Window(Things with { Version = "v2" }));
        List<StoreEvent> changes = [];
        Assert.True(temporary.Store.Window(Things).TryRead(0, changes, 10));
        Assert.Single(changes);
    }

    [Fact]
    public async Task What_was_written_is_read_back_before_anybody_asks_for_its_kind()
    {
        await temporary.Store.AddAsync(Things.Group, Things.Plural);
        await WriteAsync("a");
        await WriteAsync("b");
        await temporary.ReopenAsync();
        Assert.Equal(["a", "b"], temporary.Store.Tree(Things).List(null).Select(static one => one.Name));
        await WriteAsync("c");
        Assert.Equal(3, temporary.Store.Tree(Things).Count);
    }

    [Fact]
    public async Task A_backup_has_them()
    {
        await temporary.Store.AddAsync(Things.Group, Things.Plural);
        await WriteAsync("a");
        using MemoryStream to = new();
        await StoreBackup.WriteAsync(temporary.Store.Snapshot, temporary.Store.ResourceAt, DateTimeOffset.UnixEpoch, to, CancellationToken.None);
        to.Position = 0;
        using StreamReader lines = new(new GZipStream(to, CompressionMode.Decompress));
        Assert.Contains("{\"resource\":\"things.example.com\",\"object\":{\"metadata\":{\"name\":\"a\"", await lines.ReadToEndAsync(), StringComparison.Ordinal);
    }

    private async Task WriteAsync(string name)
    {
        JsonObject value = new() { ["metadata"] = new JsonObject { ["name"] = name } };
        WriteOutcome outcome = await temporary.Store.WriteAsync(
            new WriteRequest { Kind = temporary.Store.IndexOf(Things), Namespace = "default", Name = name, Payload = ObjectPayload.From(value), Expected = 0 }, CancellationToken.None);
        Assert.True(outcome.Written);
    }
}
