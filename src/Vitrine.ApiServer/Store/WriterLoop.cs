using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Vitrine.ApiServer.Store;

/// <summary>
/// The only writer, on its own thread: takes every write that waits, decides each against the state the ones before it
/// leave, commits them with one fsync, shows them to readers and watchers, and then answers all of them.
/// </summary>
internal sealed class WriterLoop : IAsyncDisposable
{
    private readonly RevisionLog _log;
    private readonly CompactionQueue _superseded;
    private readonly StoreLimits _limits;
    private readonly ILogger _logger;
    private readonly Func<long, ImmutableArray<KindTree>, StoreSnapshot> _publish;
    private readonly Action<StoreSlots> _place;
    private readonly Channel<object> _waiting;
    private readonly Thread _thread;
    private StoreSlots _slots;
    private StoreSnapshot _current;

    public WriterLoop(RevisionLog log, StoreSlots slots, CompactionQueue superseded, StoreLimits limits, ILogger logger, Func<long, ImmutableArray<KindTree>, StoreSnapshot> publish, Action<StoreSlots> place)
    {
        _log = log;
        _slots = slots;
        _superseded = superseded;
        _limits = limits;
        _logger = logger;
        _publish = publish;
        _place = place;
        _current = publish(-1, []);
        // Full: callers wait, so a slow disk slows its clients down instead of filling memory.
        _waiting = Channel.CreateBounded<object>(new BoundedChannelOptions(limits.Waiting) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
        _thread = new Thread(Run) { IsBackground = true, Name = "store writer" };
        _thread.Start();
    }

    public ValueTask QueueAsync(WriteRequest write, CancellationToken ct) => QueueAnyAsync(write, ct);

    public async Task AddAsync(AddRequest add)
    {
        await QueueAnyAsync(add, CancellationToken.None);
        await add.Done.Task;
    }

    public async Task CompactAsync(long horizon)
    {
        CompactRequest compact = new(horizon);
        await QueueAnyAsync(compact, CancellationToken.None);
        await compact.Done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        if (_waiting.Writer.TryComplete())
        {
            await Task.Run(_thread.Join);
            _log.Dispose();
        }
    }

    private async ValueTask QueueAnyAsync(object work, CancellationToken ct)
    {
        try
        {
            await _waiting.Writer.WriteAsync(work, ct);
        }
        catch (ChannelClosedException)
        {
            throw new StoreUnavailableException("the API server is stopping; try again when it is back");
        }
    }

    private void Run()
    {
        List<WriteRequest> batch = new(_limits.Batch);
        ChannelReader<object> reader = _waiting.Reader;
        while (reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            object? other = null;
            while (batch.Count < _limits.Batch && other is null && reader.TryRead(out object? work))
            {
                if (work is WriteRequest write)
                {
                    batch.Add(write);
                }
                else
                {
                    other = work;
                }
            }

            if (batch.Count > 0)
            {
                Commit(batch);
                batch.Clear();
            }

            if (other is AddRequest add)
            {
                Add(add);
            }

            if (other is CompactRequest || _superseded.Due)
            {
                Compact(other as CompactRequest);
            }
        }
    }

    private void Commit(List<WriteRequest> batch)
    {
        WriteStage stage = new(_current, _slots, _log);
        try
        {
            foreach (WriteRequest write in batch)
            {
                stage.Decide(write);
            }

            stage.Commit();
        }
        catch (SqliteException error)
        {
            Refuse(batch, error);
            return;
        }

        foreach (StagedChange staged in stage.Changes)
        {
            StoreEvent change = staged.Change;
            _slots.Window(staged.Kind).Append(change);
            if (change.Previous is { } previous)
            {
                _superseded.Add(change.Revision, previous.Revision, previous.Json.Length);
            }

            if (change.Deleted)
            {
                _superseded.Add(change.Revision, change.Revision, change.Object.Json.Length);
            }
        }

        if (stage.Changes.Count > 0)
        {
            _current = _publish(stage.Revision, stage.Trees());
            foreach (int kind in stage.Changes.Select(static staged => staged.Kind).Distinct())
            {
                _slots.Window(kind).Pulse();
            }

            StoreMetrics.Committed(stage.Changes.Count);
        }

        foreach (WriteRequest write in batch)
        {
            write.Complete();
        }
    }

    private void Add(AddRequest add)
    {
        if (!_slots.Has(add.Group, add.Plural))
        {
            _current = _publish(_current.Revision, _current.Trees.Add(KindTree.Empty));
            _slots = _slots.With(add.Group, add.Plural, _limits.Window());
            _place(_slots);
        }

        add.Done.SetResult();
    }

    private void Refuse(List<WriteRequest> batch, SqliteException error)
    {
        StoreUnavailableException refused = new(error.SqliteErrorCode == 13
            ? "the write was not stored: the disk of the API server's data directory is full; free space and try again"
            : $"the write was not stored: {error.Message}", error);
        StoreLog.WriteRefused(_logger, batch.Count, error.Message);
        TryRollback();
        foreach (WriteRequest write in batch)
        {
            write.Done.TrySetException(refused);
        }
    }

    private void Compact(CompactRequest? asked)
    {
        (List<long> rows, long horizon) = asked is null ? _superseded.Take() : _superseded.Take(Math.Min(asked.Horizon, _current.Revision));
        try
        {
            _log.Compact(rows, horizon, _current.Revision);
            if (asked is not null)
            {
                for (int i = 0; i < _slots.Count; i++)
                {
                    _slots.Window(i).RaiseFloor(horizon);
                }
            }

            asked?.Done.SetResult();
        }
        catch (SqliteException error)
        {
            // The rows stay until the next start, which queues them again.
            StoreLog.CompactionFailed(_logger, horizon, error.Message);
            TryRollback();
            asked?.Done.SetException(new StoreUnavailableException($"compaction to revision {horizon} failed: {error.Message}", error));
        }
    }

    private void TryRollback()
    {
        try
        {
            _log.Rollback();
        }
        catch (SqliteException error)
        {
            StoreLog.RollbackFailed(_logger, error.Message);
        }
    }
}
