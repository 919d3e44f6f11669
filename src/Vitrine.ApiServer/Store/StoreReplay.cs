using System.Collections.Immutable;
using Vitrine.ApiServer.Kinds;

namespace Vitrine.ApiServer.Store;

/// <summary>The log read back: current objects, and the changes watchers may still ask for.</summary>
internal sealed record StoreReplay(StoreSnapshot Snapshot, CompactionQueue Superseded)
{
    public static StoreReplay Read(RevisionLog log, IReadOnlyList<Kind> kinds, WatchWindow[] windows, StoreLimits limits)
    {
        Dictionary<string, int> index = kinds.Select((kind, i) => (kind.QualifiedPlural, i)).ToDictionary(StringComparer.Ordinal);
        KindTree[] trees = [.. kinds.Select(static _ => KindTree.Empty)];
        CompactionQueue superseded = new(limits.LogRows, limits.LogBytes);
        long compacted = log.Compacted;
        foreach (LogRow row in log.Read())
        {
            // Rows of a kind this build does not serve stay in the log for the build that does.
            if (!index.TryGetValue(row.Resource, out int kind))
            {
                continue;
            }

            StoredObject value = new(row.Namespace, row.Name, row.Revision, row.Json, row.RevisionAt) { Claims = kinds[kind].ClaimsOf(row.Json) };
            StoredObject? previous = trees[kind].Find(row.Namespace, row.Name);
            trees[kind] = row.Deleted ? trees[kind].Without(row.Namespace, row.Name) : trees[kind].With(value);
            if (previous is not null)
            {
                superseded.Add(row.Revision, previous.Revision, previous.Json.Length);
            }

            if (row.Deleted)
            {
                superseded.Add(row.Revision, row.Revision, row.Json.Length);
            }

            if (row.Revision > compacted)
            {
                windows[kind].Append(new StoreEvent(row.Revision, value, previous, row.Deleted));
            }
        }

        foreach (WatchWindow window in windows)
        {
            window.RaiseFloor(compacted);
        }

        return new StoreReplay(new StoreSnapshot(log.Head, [.. trees]), superseded);
    }
}
