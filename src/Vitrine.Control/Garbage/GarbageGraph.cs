using Vitrine.Model.Watching;

namespace Vitrine.Control.Garbage;

/// <summary>Who owns whom: every object's metadata by uid, and the dependents of each owner, also of owners nobody has seen.</summary>
internal sealed class GarbageGraph
{
    private readonly Lock guard = new();
    private readonly Dictionary<string, GarbageItem> items = [];
    private readonly Dictionary<string, HashSet<string>> dependents = [];
    private readonly Dictionary<string, HashSet<string>> ofKind = [];

    public GarbageItem? Find(string uid)
    {
        lock (guard)
        {
            return items.GetValueOrDefault(uid);
        }
    }

    public IReadOnlyList<GarbageItem> DependentsOf(string uid)
    {
        lock (guard)
        {
            return dependents.TryGetValue(uid, out var all) ? [.. all.Select(d => items[d])] : [];
        }
    }

    /// <summary>Takes a change in; the uids of what must be looked at because of it.</summary>
    public IReadOnlyCollection<string> Apply(GarbageKind kind, WatchChange<GarbageItem> change)
    {
        lock (guard)
        {
            var look = new HashSet<string>();
            var known = ofKind.TryGetValue(kind.Name, out var uids) ? uids : ofKind[kind.Name] = [];
            if (change.Kind == WatchChangeKind.Replaced)
            {
                var there = change.Objects.Select(o => o.Uid).ToHashSet();
                foreach (var gone in known.Where(u => !there.Contains(u)).ToArray())
                {
                    Remove(gone, known, look);
                }
            }

            foreach (var one in change.Objects)
            {
                if (change.Kind == WatchChangeKind.Deleted)
                {
                    Remove(one.Uid, known, look);
                }
                else
                {
                    Put(one, known, look);
                }
            }

            return look;
        }
    }

    private void Put(GarbageItem item, HashSet<string> known, HashSet<string> look)
    {
        if (items.TryGetValue(item.Uid, out var before))
        {
            Unlink(before);
        }

        items[item.Uid] = item;
        known.Add(item.Uid);
        foreach (var owner in item.Owners)
        {
            (dependents.TryGetValue(owner.Uid, out var set) ? set : dependents[owner.Uid] = []).Add(item.Uid);
        }

        if (item.Owners.Count > 0 || item.InForeground || item.Orphaning)
        {
            look.Add(item.Uid);
        }

        // A dependent that lets go, or goes, may be what an owner in the foreground waits for.
        foreach (var owner in before?.Owners ?? [])
        {
            look.Add(owner.Uid);
        }
    }

    private void Remove(string uid, HashSet<string> known, HashSet<string> look)
    {
        if (!items.Remove(uid, out var gone))
        {
            return;
        }

        known.Remove(uid);
        Unlink(gone);
        look.UnionWith(gone.Owners.Select(o => o.Uid));
        look.UnionWith(dependents.GetValueOrDefault(uid) ?? []);
    }

    private void Unlink(GarbageItem item)
    {
        foreach (var owner in item.Owners)
        {
            if (dependents.TryGetValue(owner.Uid, out var set) && set.Remove(item.Uid) && set.Count == 0)
            {
                dependents.Remove(owner.Uid);
            }
        }
    }
}
