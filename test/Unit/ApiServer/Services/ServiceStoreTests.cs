using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Services;
using Vitrine.ApiServer.Store;
using Xunit;

namespace Vitrine.Unit.ApiServer.Services;

/// <summary>The unique index of claims, across writes, failures and restarts.</summary>
public sealed class ServiceStoreTests : IAsyncDisposable
{
    private static readonly Kind[] Kinds = [CoreKinds.Service, CoreKinds.Event];
    private readonly string directory = Directory.CreateTempSubdirectory("vitrine-claims-").FullName;
    private ObjectStore store;

    public ServiceStoreTests() => store = Open();

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Of_two_writes_for_one_claim_one_succeeds()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => WriteAsync($"s{i}", "10.96.0.5")));
        var winner = Assert.Single(outcomes, o => o.Written);
        Assert.All(outcomes.Where(o => !o.Written), o => Assert.Equal("ip/10.96.0.5", o.Taken));
        Assert.Equal($"default/{winner.Object!.Name}", store.Tree(CoreKinds.Service).OwnerOf("ip/10.96.0.5"));
    }

    [Fact]
    public async Task It_is_the_same_after_a_restart_and_free_after_a_deletion()
    {
        var first = await WriteAsync("a", "10.96.0.5", nodePort: 30001);
        await ReopenAsync();
        Assert.Equal("port/30001", (await WriteAsync("b", "10.96.0.6", nodePort: 30001)).Taken);
        await store.WriteAsync(new WriteRequest { Kind = 0, Namespace = "default", Name = "a", Expected = first.Object!.Revision }, CancellationToken.None);
        Assert.True((await WriteAsync("b", "10.96.0.5", nodePort: 30001)).Written);
        await ReopenAsync();
        Assert.Equal("default/b", store.Tree(CoreKinds.Service).OwnerOf("ip/10.96.0.5"));
    }

    [Fact]
    public async Task Two_spellings_of_an_address_are_one()
    {
        Assert.True((await WriteAsync("a", "fd00::0:1")).Written);
        Assert.Equal("ip/fd00::1", (await WriteAsync("b", "fd00:0:0::1")).Taken);
    }

    [Fact]
    public async Task What_a_damaged_store_gave_twice_is_reported_and_can_still_be_changed_and_removed()
    {
        await WriteAsync("a", "10.96.0.5");
        var twin = await WriteAsync("b", "10.96.0.5", claimed: false);
        await WriteAsync("far", "192.0.2.1", claimed: false);
        await ReopenAsync();
        var api = new ApiContext(store, Kinds, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        await ServiceRepair.ReportAsync(api, CancellationToken.None);
        var told = store.Tree(CoreKinds.Event).List(null).Select(e => e.Parse()).Select(e => $"{e["involvedObject"].Text("name")} {e.Text("reason")}");
        Assert.Equal(["b ClusterIPAlreadyAllocated", "far ClusterIPOutOfRange"], told.Order());

        Assert.True((await WriteAsync("b", "10.96.0.5", expected: twin.Object!.Revision)).Written);
        var now = store.Find(CoreKinds.Service, "default", "b")!;
        Assert.True((await store.WriteAsync(new WriteRequest { Kind = 0, Namespace = "default", Name = "b", Expected = now.Revision }, CancellationToken.None)).Written);
        Assert.Equal("default/a", store.Tree(CoreKinds.Service).OwnerOf("ip/10.96.0.5"));
    }

    private Task<WriteOutcome> WriteAsync(string name, string address, int nodePort = 0, long expected = 0, bool claimed = true)
    {
        var value = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default", ["uid"] = name },
            ["spec"] = new JsonObject { ["type"] = "NodePort", ["clusterIP"] = address, ["clusterIPs"] = new JsonArray(address), ["ports"] = new JsonArray(new JsonObject { ["port"] = 80, ["nodePort"] = nodePort }) },
        };
        return store.WriteAsync(new WriteRequest { Kind = 0, Namespace = "default", Name = name, Payload = ObjectPayload.From(value), Expected = expected, Claims = claimed ? ServiceClaims.Of(value) : [] }, CancellationToken.None);
    }

    private async Task ReopenAsync()
    {
        await store.DisposeAsync();
        store = Open();
    }

    private ObjectStore Open() => ObjectStore.Open(directory, Kinds, NullLogger.Instance);
}
