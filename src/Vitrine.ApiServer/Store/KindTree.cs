using System.Collections.Immutable;

namespace Vitrine.ApiServer.Store;

/// <summary>
/// All current objects of one kind, ordered by namespace then name, ordinal as etcd's keys. Immutable: a list reads a
/// root it took once while the writer goes on.
/// </summary>
internal sealed class KindTree
{
    private static readonly ImmutableSortedDictionary<string, StoredObject> s_noObjects = ImmutableSortedDictionary.Create<string, StoredObject>(StringComparer.Ordinal);

    private readonly ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, StoredObject>> _namespaces;

    private KindTree(ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, StoredObject>> namespaces, int count)
    {
        _namespaces = namespaces;
        Count = count;
    }

    public static KindTree Empty { get; } = new(ImmutableSortedDictionary.Create<string, ImmutableSortedDictionary<string, StoredObject>>(StringComparer.Ordinal), 0);

    public int Count { get; }

    public StoredObject? Find(string ns, string name) =>
        _namespaces.TryGetValue(ns, out var objects) && objects.TryGetValue(name, out StoredObject? found) ? found : null;

    public KindTree With(StoredObject value)
    {
        var objects = _namespaces.GetValueOrDefault(value.Namespace, s_noObjects);
        var changed = objects.SetItem(value.Name, value);
        return new KindTree(_namespaces.SetItem(value.Namespace, changed), Count + changed.Count - objects.Count);
    }

    public KindTree Without(string ns, string name)
    {
        if (!_namespaces.TryGetValue(ns, out var objects) || !objects.ContainsKey(name))
        {
            return this;
        }

        var changed = objects.Remove(name);
        return new KindTree(changed.IsEmpty ? _namespaces.Remove(ns) : _namespaces.SetItem(ns, changed), Count - 1);
    }

    /// <summary>Objects of one namespace, or of all for null, in order.</summary>
    public IEnumerable<StoredObject> List(string? ns) => ns is null
        ? _namespaces.SelectMany(static space => space.Value.Values)
        : _namespaces.TryGetValue(ns, out var objects) ? objects.Values : [];
}
