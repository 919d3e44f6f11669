using Vitrine.ApiServer.Store;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Store;

public sealed class ObjectStoreTests
{
    [Fact]
    public async Task A_write_survives_reopening_byte_for_byte()
    {
        await using TemporaryStore store = TemporaryStore.Open();
        byte[] written = (await store.PutAsync("a", "1")).Object!.Json;
        await store.ReopenAsync();
        Assert.Equal(written, store.Find("a")!.Json);
    }

    [Fact]
    public async Task The_revision_is_stamped_into_the_object()
    {
        await using TemporaryStore store = TemporaryStore.Open();
        StoredObject stored = (await store.PutAsync("a", "1")).Object!;
        Assert.Equal(stored.Revision.ToString(), (string?)stored.Parse()["metadata"]!["resourceVersion"]);
        Assert.Equal("1234", (string?)stored.At(1234).Parse()["metadata"]!["resourceVersion"]);
    }

    [Fact]
    public async Task The_expected_revision_decides()
    {
        await using TemporaryStore store = TemporaryStore.Open();
        long first = (await store.PutAsync("a", "1")).Object!.Revision;
        Assert.False((await store.PutAsync("a", "2")).Written);
        Assert.True((await store.PutAsync("a", "3", first)).Written);
        WriteOutcome late = await store.PutAsync("a", "4", first);
        Assert.False(late.Written);
        Assert.Contains("\"3\"", System.Text.Encoding.UTF8.GetString(late.Object!.Json), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_of_many_rivals_wins()
    {
        await using TemporaryStore store = TemporaryStore.Open();
        long first = (await store.PutAsync("a", "0")).Object!.Revision;
        WriteOutcome[] outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => store.PutAsync("a", $"{i}", first)));
        Assert.Single(outcomes, static outcome => outcome.Written);
    }

    [Fact]
    public async Task Revisions_never_go_back_even_when_everything_is_deleted_and_compacted()
    {
        await using TemporaryStore store = TemporaryStore.Open();
        long written = (await store.PutAsync("a", "1")).Object!.Revision;
        long head = (await store.DeleteAsync("a", written)).Object!.Revision;
        await store.Store.CompactAsync(head);
        await store.ReopenAsync();
        Assert.Equal(head, store.Store.Snapshot.Revision);
        Assert.Empty(store.Names());
        Assert.Equal(head + 1, (await store.PutAsync("a", "2")).Object!.Revision);
    }

    [Fact]
    public async Task A_deleted_object_is_not_resurrected()
    {
        await using TemporaryStore store = TemporaryStore.Open();
        long written = (await store.PutAsync("a", "1")).Object!.Revision;
        await store.PutAsync("b", "1");
        await store.DeleteAsync("a", written);
        await store.ReopenAsync();
        Assert.Equal(["b"], store.Names());
    }

    [Fact]
    public async Task The_past_is_known_until_compaction()
    {
        await using TemporaryStore store = TemporaryStore.Open();
        long first = (await store.PutAsync("a", "1")).Object!.Revision;
        long second = (await store.PutAsync("a", "2", first)).Object!.Revision;
        await store.PutAsync("b", "1");
        Assert.Equal(["a"], store.Store.TreeAt(TestKinds.ConfigMaps, second)!.List("default").Select(static value => value.Name));
        Assert.Equal(first, store.Store.TreeAt(TestKinds.ConfigMaps, first)!.Find("default", "a")!.Revision);
        await store.Store.CompactAsync(second);
        Assert.Null(store.Store.TreeAt(TestKinds.ConfigMaps, first));
        Assert.NotNull(store.Store.TreeAt(TestKinds.ConfigMaps, second));
    }

    [Fact]
    public async Task A_watch_resumes_after_a_restart()
    {
        await using TemporaryStore store = TemporaryStore.Open();
        long first = (await store.PutAsync("a", "1")).Object!.Revision;
        await store.PutAsync("a", "2", first);
        await store.ReopenAsync();
        List<StoreEvent> changes = [];
        Assert.True(store.Store.Window(TestKinds.ConfigMaps).TryRead(first, changes, 10));
        Assert.Equal(first, Assert.Single(changes).Previous!.Revision);
    }

    [Fact]
    public async Task A_watcher_left_behind_is_told()
    {
        await using TemporaryStore store = TemporaryStore.Open(new StoreLimits { WindowEvents = 4 });
        for (int i = 0; i < 10; i++)
        {
            await store.PutAsync($"m{i}", "1");
        }

        List<StoreEvent> changes = [];
        WatchWindow window = store.Store.Window(TestKinds.ConfigMaps);
        Assert.False(window.TryRead(window.Floor - 1, changes, 10));
        Assert.True(window.TryRead(window.Floor, changes, 10));
        Assert.Equal(4, changes.Count);
    }

    [Fact]
    public async Task Superseded_rows_are_bounded_on_disk()
    {
        await using TemporaryStore store = TemporaryStore.Open(new StoreLimits { LogRows = 20 });
        long revision = 0;
        for (int i = 0; i < 200; i++)
        {
            revision = (await store.PutAsync("a", $"{i}", revision)).Object!.Revision;
        }

        await store.Store.DisposeAsync();
        using (RevisionLog log = new(store.File))
        {
            Assert.InRange(log.Read().Count(), 1, 30);
            Assert.Equal(revision, log.Head);
        }

        store.Open();
        Assert.Equal(revision, store.Find("a")!.Revision);
    }

    // SQLite's own size limit answers SQLITE_FULL where a full file system does.
    [Fact]
    public async Task A_full_disk_refuses_writes_until_there_is_room()
    {
        await using TemporaryStore store = TemporaryStore.Open(new StoreLimits { DiskPages = 40 });
        string large = new('x', 8000);
        long revision = (await store.PutAsync("a", large)).Object!.Revision;
        StoreUnavailableException? refusal = null;
        for (int i = 0; i < 100 && refusal is null; i++)
        {
            try
            {
                revision = (await store.PutAsync("a", $"{i}{large}", revision)).Object!.Revision;
            }
            catch (StoreUnavailableException full)
            {
                refusal = full;
            }
        }

        Assert.Contains("is full", refusal?.Message, StringComparison.Ordinal);
        Assert.Equal(revision, store.Find("a")!.Revision);
        Assert.Equal(revision, store.Store.Snapshot.Revision);
        await store.Store.CompactAsync(revision);
        Assert.Equal(revision + 1, (await store.PutAsync("a", "small", revision)).Object!.Revision);
    }

    [Fact]
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    public async Task The_file_is_readable_by_its_owner_only()
    {
        await using TemporaryStore store = TemporaryStore.Open();
        await store.PutAsync("a", "1");
        foreach (string file in Directory.GetFiles(store.Directory))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }
}
