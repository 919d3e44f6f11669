namespace Vitrine.ApiServer.Store;

/// <summary>
/// The last changes of one kind, shared by all its watchers. A watcher is only a cursor into this window: it costs the
/// writer nothing, and one that falls behind the window's floor gets 410, never a gap.
/// </summary>
internal sealed class WatchWindow(int maxEvents, long maxBytes)
{
    private readonly Lock _gate = new();
    private readonly EventRing _events = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _awaited;
    private long _bytes;

    /// <summary>Changes up to and including this revision may be gone; a watch can start at it or later.</summary>
    public long Floor { get; private set; }

    /// <summary>Completes at the next change. Take it before reading, await it when nothing was read.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
            {
                _awaited = true;
                return _changed.Task;
            }
        }
    }

    /// <summary>Adds the changes after <paramref name="cursor"/>, oldest first, at most <paramref name="max"/>. False: some of them are gone.</summary>
    public bool TryRead(long cursor, List<StoreEvent> into, int max)
    {
        lock (_gate)
        {
            if (cursor < Floor)
            {
                return false;
            }

            int from = _events.FirstAfter(cursor);
            int to = (int)Math.Min(_events.Count, (long)from + max);
            for (int i = from; i < to; i++)
            {
                into.Add(_events[i]);
            }

            return true;
        }
    }

    /// <summary>Called by the writer only, before the snapshot that contains the change is published.</summary>
    public void Append(StoreEvent change)
    {
        lock (_gate)
        {
            _events.Add(change);
            _bytes += Held(change);
            while (_events.Count > maxEvents || (_bytes > maxBytes && _events.Count > 1))
            {
                StoreEvent dropped = _events.RemoveFirst();
                _bytes -= Held(dropped);
                Floor = dropped.Revision;
            }
        }
    }

    /// <summary>Wakes the watchers once for a whole batch.</summary>
    public void Pulse()
    {
        TaskCompletionSource? wake = null;
        lock (_gate)
        {
            if (_awaited)
            {
                wake = _changed;
                _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _awaited = false;
            }
        }

        wake?.SetResult();
    }

    /// <summary>Forgets changes up to a revision, as compaction of the log does.</summary>
    public void RaiseFloor(long revision)
    {
        lock (_gate)
        {
            while (_events.Count > 0 && _events[0].Revision <= revision)
            {
                _bytes -= Held(_events.RemoveFirst());
            }

            Floor = Math.Max(Floor, revision);
        }
    }

    // Only superseded versions are held by the window alone.
    private static long Held(StoreEvent change) => (change.Previous?.Json.Length ?? 0) + (change.Deleted ? change.Object.Json.Length : 0);
}
