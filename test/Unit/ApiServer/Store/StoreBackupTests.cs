using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Vitrine.ApiServer.Store;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Store;

/// <summary>A copy of a running store, and a store made of it.</summary>
public sealed class StoreBackupTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vitrine-backup-").FullName;

    private string File => Path.Combine(folder, "backup");

    private string Data => Path.Combine(folder, "data");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task What_a_running_server_holds_comes_back_with_newer_versions()
    {
        await using (var server = await TestServer.StartAsync())
        {
            await server.PostAsync("/api/v1/namespaces/default/configmaps", """{"metadata":{"name":"a"},"data":{"k":"wert <&> ü"}}""");
            await System.IO.File.WriteAllBytesAsync(File, await server.Admin.GetByteArrayAsync("/vitrine/backup"));
            using var bob = server.User("bob");
            Assert.Equal(403, (await TestServer.AskAsync(bob, HttpMethod.Get, "/vitrine/backup")).Code);
        }
        var count = StoreRestore.Run(File, Data);
        await using var store = ObjectStore.Open(Data, TestKinds.All, NullLogger.Instance);
        Assert.Equal(count, TestKinds.All.Sum(kind => store.Tree(kind).Count));
        var restored = store.Find(TestKinds.ConfigMaps, "default", "a")!;
        Assert.Equal("wert <&> ü", (string?)restored.Parse()["data"]!["k"]);
        Assert.Equal($"{restored.Revision}", (string?)restored.Parse()["metadata"]!["resourceVersion"]);
        Assert.False(store.Window(TestKinds.ConfigMaps).TryRead(1, [], 10));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(Path.Combine(Data, "revisions.db")));
    }

    [Fact]
    public async Task Versions_never_go_back_and_the_old_store_is_kept()
    {
        await WriteAsync("old", 1);
        await using (var store = Open())
        {
            await using var to = System.IO.File.Create(File);
            await StoreBackup.WriteAsync(store.Snapshot, store.ResourceAt, TimeProvider.System.GetUtcNow(), to, CancellationToken.None);
        }
        await WriteAsync("later", 50);
        long head;
        await using (var store = Open())
        {
            head = store.Snapshot.Revision;
        }
        StoreRestore.Run(File, Data);
        await using (var store = Open())
        {
            Assert.NotNull(store.Find(TestKinds.ConfigMaps, "default", "old0"));
            Assert.Null(store.Find(TestKinds.ConfigMaps, "default", "later0"));
            Assert.True(store.Find(TestKinds.ConfigMaps, "default", "old0")!.Revision > head);
        }
        Assert.True(System.IO.File.Exists(Path.Combine(Data, "revisions.db.before-restore")));
    }

    [Fact]
    public async Task A_store_in_use_is_refused()
    {
        await WriteAsync("a", 1);
        await using var store = Open();
        await using (var to = System.IO.File.Create(File))
        {
            await StoreBackup.WriteAsync(store.Snapshot, store.ResourceAt, TimeProvider.System.GetUtcNow(), to, CancellationToken.None);
        }
        Assert.Contains("in use by another process", Assert.Throws<IOException>(() => StoreRestore.Run(File, Data)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_whole_changes_nothing()
    {
        await WriteAsync("a", 20);
        await using (var store = Open())
        {
            await using var to = System.IO.File.Create(File);
            await StoreBackup.WriteAsync(store.Snapshot, store.ResourceAt, TimeProvider.System.GetUtcNow(), to, CancellationToken.None);
        }
        var good = await System.IO.File.ReadAllBytesAsync(File);
        var before = await System.IO.File.ReadAllBytesAsync(Path.Combine(Data, "revisions.db"));
        // Every length, and every bit.
        for (var i = 0; i < good.Length * 9; i++)
        {
            var bad = good[..(i < good.Length ? i : good.Length)];
            if (i >= good.Length)
                bad[(i - good.Length) / 8] ^= (byte)(1 << (i - good.Length) % 8);
            await System.IO.File.WriteAllBytesAsync(File, bad);
            try
            {
                // A flipped bit of gzip's own header, such as its time, changes nothing that was written.
                StoreRestore.Run(File, Path.Combine(folder, $"to{i}"));
                Assert.Equal(Unzipped(good), Unzipped(bad));
            }
            catch (IOException refused)
            {
                Assert.Contains(File, refused.Message, StringComparison.Ordinal);
                Assert.False(Directory.Exists(Path.Combine(folder, $"to{i}")));
            }
        }
        Assert.Equal(before, await System.IO.File.ReadAllBytesAsync(Path.Combine(Data, "revisions.db")));
    }

    [Theory]
    [InlineData("""{"format":"vitrine-backup/9"}""", "has the format \"vitrine-backup/9\"")]
    [InlineData("hello", "is no backup of vitrine")]
    [InlineData("", "is no backup of vitrine")]
    public void A_foreign_file_is_refused_by_name(string text, string why)
    {
        using (var zip = new GZipStream(System.IO.File.Create(File), CompressionLevel.Fastest))
        {
            zip.Write(Encoding.UTF8.GetBytes(text));
        }
        Assert.Contains(why, Assert.Throws<IOException>(() => StoreRestore.Run(File, Data)).Message, StringComparison.Ordinal);
        System.IO.File.WriteAllText(File, "no gzip");
        Assert.Contains("is no backup", Assert.Throws<IOException>(() => StoreRestore.Run(File, Data)).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => StoreRestore.Run(File + ".absent", Data));
    }

    private static byte[] Unzipped(byte[] zipped)
    {
        using var plain = new MemoryStream();
        using var zip = new GZipStream(new MemoryStream(zipped), CompressionMode.Decompress);
        zip.CopyTo(plain);
        return plain.ToArray();
    }

    private ObjectStore Open() => ObjectStore.Open(Data, TestKinds.All, NullLogger.Instance);

    private async Task WriteAsync(string prefix, int count)
    {
        await using var store = Open();
        for (var i = 0; i < count; i++)
        {
            JsonObject value = new() { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new JsonObject { ["name"] = $"{prefix}{i}", ["namespace"] = "default" } };
            await store.WriteAsync(new WriteRequest { Kind = store.IndexOf(TestKinds.ConfigMaps), Namespace = "default", Name = $"{prefix}{i}", Payload = ObjectPayload.From(value), Expected = 0 }, CancellationToken.None);
        }
    }
}
