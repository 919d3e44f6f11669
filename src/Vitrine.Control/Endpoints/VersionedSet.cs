using k8s;
using k8s.Models;
using Vitrine.Model.Watching;

namespace Vitrine.Control.Endpoints;

/// <summary>
/// Objects as last seen, by their own writer and by the watch, whichever was newer: a controller that would judge by a watch alone
/// makes a thing twice. Not thread-safe.
/// </summary>
internal sealed class VersionedSet<T>(Func<T, string> groupOf)
    where T : class, IMetadata<V1ObjectMeta>
{
    private readonly Dictionary<string, T> all = [];
    private readonly Dictionary<string, Dictionary<string, T>> groups = [];

    public IEnumerable<string> Groups => groups.Keys;

    public IReadOnlyCollection<T> Of(string group) => groups.TryGetValue(group, out var members) ? [.. members.Values] : [];

    /// <summary>Groups that changed.</summary>
    public IReadOnlyCollection<string> Apply(WatchChange<T> change)
    {
        var touched = new HashSet<string>();
        switch (change.Kind)
        {
            case WatchChangeKind.Replaced:
                var listed = ObjectSet<V1Pod>.RevisionOf(change.ResourceVersion);
                var names = change.Objects.Select(KeyOf).ToHashSet();
                foreach (var gone in all.Values.Where(o => !names.Contains(KeyOf(o)) && RevisionOf(o) <= listed).ToArray())
                {
                    touched.Add(Remove(gone));
                }

                foreach (var value in change.Objects)
                {
                    Set(value, touched);
                }

                break;
            case WatchChangeKind.Upserted:
                Set(change.Objects[0], touched);
                break;
            default:
                // The deletion's own revision: what was made after it under the same name stays.
                if (all.TryGetValue(KeyOf(change.Objects[0]), out var there) && RevisionOf(there) <= RevisionOf(change.Objects[0]))
                {
                    touched.Add(Remove(there));
                }

                break;
        }

        return touched;
    }

    /// <summary>What a write of our own came back as.</summary>
    public void Remember(T value) => Set(value, []);

    public void Forget(T value)
    {
        if (all.TryGetValue(KeyOf(value), out var there) && there.Metadata.Uid == value.Metadata.Uid)
        {
            Remove(there);
        }
    }

    private void Set(T value, HashSet<string> touched)
    {
        var key = KeyOf(value);
        if (all.TryGetValue(key, out var before))
        {
            if (RevisionOf(before) >= RevisionOf(value))
            {
                return;
            }

            touched.Add(Remove(before));
        }

        all[key] = value;
        var group = groupOf(value);
        if (!groups.TryGetValue(group, out var members))
        {
            groups[group] = members = [];
        }

        members[key] = value;
        touched.Add(group);
    }

    private string Remove(T value)
    {
        var (key, group) = (KeyOf(value), groupOf(value));
        all.Remove(key);
        if (groups.TryGetValue(group, out var members) && members.Remove(key) && members.Count == 0)
        {
            groups.Remove(group);
        }

        return group;
    }

    private static long RevisionOf(T value) => ObjectSet<V1Pod>.RevisionOf(value.Metadata.ResourceVersion);

    private static string KeyOf(T value) => $"{value.Metadata.NamespaceProperty}/{value.Metadata.Name}";
}
