namespace Vitrine.ApiServer.Store;

/// <summary>
/// Rows of the log that later rows have superseded, oldest first. They are kept so that a watch can resume after a
/// restart, until there are too many of them; compaction is amortised, it removes a good part at once.
/// </summary>
internal sealed class CompactionQueue(int keepRows, long keepBytes)
{
    private readonly Queue<(long By, long Row, int Bytes)> _superseded = new();
    private long _bytes;

    /// <summary>True when compaction is worth a transaction of its own.</summary>
    public bool Due => _superseded.Count > keepRows + (keepRows / 4) + 1 || _bytes > keepBytes + (keepBytes / 4);

    /// <param name="by">Revision of the later row.</param>
    /// <param name="row">Revision of the superseded one; for a deletion also its own row.</param>
    public void Add(long by, long row, int bytes)
    {
        _superseded.Enqueue((by, row, bytes));
        _bytes += bytes;
    }

    /// <summary>Takes rows out until the bounds hold; returns them and the revision compaction has then reached (0: nothing).</summary>
    public (List<long> Rows, long Horizon) Take() => Take(entry => _superseded.Count > keepRows || _bytes > keepBytes);

    /// <summary>Takes all rows superseded at or before a revision.</summary>
    public (List<long> Rows, long Horizon) Take(long horizon) => (Take(by => by <= horizon).Rows, horizon);

    private (List<long> Rows, long Horizon) Take(Func<long, bool> more)
    {
        List<long> rows = [];
        long horizon = 0;
        while (_superseded.TryPeek(out var oldest) && (more(oldest.By) || oldest.By == horizon))
        {
            _superseded.Dequeue();
            _bytes -= oldest.Bytes;
            rows.Add(oldest.Row);
            horizon = oldest.By;
        }

        return (rows, horizon);
    }
}
