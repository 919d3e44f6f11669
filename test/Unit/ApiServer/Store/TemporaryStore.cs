using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Vitrine.ApiServer.Store;
using Vitrine.Unit.ApiServer.Verbs;

namespace Vitrine.Unit.ApiServer.Store;

/// <summary>A store in a directory of its own that can be closed and opened again.</summary>
internal sealed class TemporaryStore(string directory, StoreLimits? limits) : IAsyncDisposable
{
    public string Directory { get; } = directory;

    public string File => Path.Combine(Directory, "revisions.db");

    public ObjectStore Store { get; private set; } = null!;

    public static TemporaryStore Open(StoreLimits? limits = null) => At(System.IO.Directory.CreateTempSubdirectory("vitrine-store-").FullName, limits);

    public static TemporaryStore At(string directory, StoreLimits? limits = null)
    {
        TemporaryStore temporary = new(directory, limits);
        temporary.Open();
        return temporary;
    }

    public void Open() => Store = ObjectStore.Open(Directory, TestKinds.All, NullLogger.Instance, limits);

    public async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Open();
    }

    public Task<WriteOutcome> PutAsync(string name, string value, long expected = 0) => Store.WriteAsync(Write(name, value, expected), CancellationToken.None);

    public Task<WriteOutcome> DeleteAsync(string name, long expected) => Store.WriteAsync(Write(name, null, expected), CancellationToken.None);

    public StoredObject? Find(string name) => Store.Find(TestKinds.ConfigMaps, "default", name);

    public IEnumerable<string> Names() => Store.Tree(TestKinds.ConfigMaps).List("default").Select(static value => value.Name);

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private WriteRequest Write(string name, string? value, long expected) => new()
    {
        Kind = Store.IndexOf(TestKinds.ConfigMaps),
        Namespace = "default",
        Name = name,
        Expected = expected,
        Payload = value is null ? null : ObjectPayload.From(JsonNode.Parse(CrudTests.Map(name, value))!.AsObject()),
    };
}
