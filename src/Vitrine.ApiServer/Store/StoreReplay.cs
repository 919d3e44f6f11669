using Vitrine.ApiServer.Kinds;

namespace Vitrine.ApiServer.Store;

/// <summary>The log read back: current objects, and the changes watchers may still ask for.</summary>
internal sealed record StoreReplay(StoreSlots Slots, StoreSnapshot Snapshot, CompactionQueue Superseded)
{
    public static StoreReplay Read(RevisionLog log, IReadOnlyList<Kind> kinds, StoreLimits limits)
    {
        kinds = [.. kinds.Where(static kind => kind.Form is null)];
        List<(string Group, string Plural)> names = [.. kinds.Select(static kind => (kind.Group, kind.Plural))];
        Dictionary<string, int> index = kinds.Select((kind, i) => (kind.QualifiedPlural, i)).ToDictionary(StringComparer.Ordinal);
        List<WatchWindow> windows = [.. kinds.Select(_ => limits.Window())];
        List<KindTree> trees = [.. kinds.Select(static _ => KindTree.Empty)];
        CompactionQueue superseded = new(limits.LogRows, limits.LogBytes);
        long compacted = log.Compacted;
        foreach (LogRow row in log.Read())
        {
            // The objects of custom resources, whose definitions are objects themselves, and of a kind that another build serves.
            if (!index.TryGetValue(row.Resource, out int kind))
            {
                index[row.Resource] = kind = names.Count;
                names.Add(row.Resource.Split('.', 2) is [var plural, var group] ? (group, plural) : ("", row.Resource));
                windows.Add(limits.Window());
                trees.Add(KindTree.Empty);
            }

            StoredObject value = new(row.Namespace, row.Name, row.Revision, row.Json, row.RevisionAt) { Claims = kind < kinds.Count ? kinds[kind].ClaimsOf(row.Json) : [] };
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

        return new StoreReplay(new StoreSlots(names, windows), new StoreSnapshot(log.Head, [.. trees]), superseded);
    }
}
