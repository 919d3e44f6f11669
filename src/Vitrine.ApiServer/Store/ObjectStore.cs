using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Vitrine.ApiServer.Kinds;

namespace Vitrine.ApiServer.Store;

/// <summary>
/// The objects: a revision log on disk, everything current in memory. Reads never touch the disk; a write returns when
/// it is fsynced.
/// </summary>
internal sealed class ObjectStore : IAsyncDisposable
{
    private readonly WriterLoop _writer;
    private StoreSlots _slots;
    private StoreSnapshot _snapshot;

    private ObjectStore(StoreReplay replay, RevisionLog log, StoreLimits limits, ILogger logger)
    {
        _slots = replay.Slots;
        _snapshot = replay.Snapshot;
        _writer = new WriterLoop(log, replay.Slots, replay.Superseded, limits, logger, Publish, Place);
    }

    /// <summary>The current state.</summary>
    public StoreSnapshot Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>Opens or creates the store in a directory (made 0700). Throws <see cref="IOException"/> with a plain message when it cannot be used.</summary>
    public static ObjectStore Open(string directory, IReadOnlyList<Kind> kinds, ILogger logger, StoreLimits? limits = null)
    {
        limits ??= new StoreLimits();
        try
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"cannot create the data directory {directory}: {error.Message}", error);
        }

        RevisionLog log = new(Path.Combine(directory, "revisions.db"), limits.DiskPages);
        try
        {
            return new ObjectStore(StoreReplay.Read(log, kinds, limits), log, limits, logger);
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>All versions of a kind are kept in one place, and all its forms.</summary>
    public int IndexOf(Kind kind) => kind.Form is { } form ? IndexOf(form.Kept) : Slots.IndexOf(kind.Group, kind.Plural);

    /// <summary>"leases.coordination.k8s.io" of a place.</summary>
    public string ResourceAt(int index) => Slots.Resource(index);

    public WatchWindow Window(Kind kind) => Slots.Window(IndexOf(kind));

    public KindTree Tree(Kind kind) => Snapshot.Trees[IndexOf(kind)];

    public StoredObject? Find(Kind kind, string ns, string name) => Tree(kind).Find(ns, name);

    /// <summary>The state of one kind as of an earlier revision, by undoing the changes since; null when they are no longer known.</summary>
    public KindTree? TreeAt(Kind kind, long revision)
    {
        StoreSnapshot snapshot = Snapshot;
        KindTree tree = snapshot.Trees[IndexOf(kind)];
        List<StoreEvent> since = [];
        if (!Window(kind).TryRead(revision, since, int.MaxValue))
        {
            return null;
        }

        for (int i = since.Count - 1; i >= 0; i--)
        {
            StoreEvent change = since[i];
            if (change.Revision <= snapshot.Revision)
            {
                tree = change.Previous is { } before ? tree.With(before) : tree.Without(change.Object.Namespace, change.Object.Name);
            }
        }

        return tree;
    }

    /// <summary>Queues a write and returns its outcome once it is on disk. Throws <see cref="StoreUnavailableException"/> when the disk refused it.</summary>
    public async Task<WriteOutcome> WriteAsync(WriteRequest write, CancellationToken ct)
    {
        await _writer.QueueAsync(write, ct);
        // Once queued it will be decided: leaving early would hide an acknowledged write from its caller.
        return await write.Done.Task;
    }

    /// <summary>Makes room for the objects of one more resource, where there is none yet.</summary>
    public Task AddAsync(string group, string plural) => Slots.Has(group, plural) ? Task.CompletedTask : _writer.AddAsync(new AddRequest(group, plural));

    /// <summary>Drops superseded revisions up to one; watches can no longer start before it.</summary>
    public Task CompactAsync(long horizon) => _writer.CompactAsync(horizon);

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    private StoreSlots Slots => Volatile.Read(ref _slots);

    // After the snapshot that has its tree.
    private void Place(StoreSlots slots) => Volatile.Write(ref _slots, slots);

    private StoreSnapshot Publish(long revision, ImmutableArray<KindTree> trees)
    {
        StoreSnapshot next = revision < 0 ? _snapshot : new StoreSnapshot(revision, trees);
        Volatile.Write(ref _snapshot, next);
        return next;
    }
}
