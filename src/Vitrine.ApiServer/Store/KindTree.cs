using System.Collections.Immutable;

namespace Vitrine.ApiServer.Store;

/// <summary>
/// All current objects of one kind, ordered by namespace then name, ordinal as etcd's keys. Immutable: a list reads a
/// root it took once while the writer goes on. Beside them, for kinds that have any, who has which claim: a unique index
/// that is part of the same value, so it cannot differ from the objects, whatever crashes when.
/// </summary>
internal sealed class KindTree
{
    private static readonly ImmutableSortedDictionary<string, StoredObject> s_noObjects = ImmutableSortedDictionary.Create<string, StoredObject>(StringComparer.Ordinal);

    private readonly ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, StoredObject>> _namespaces;

    private readonly ImmutableDictionary<string, string> _owners;

    private KindTree(ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, StoredObject>> namespaces, int count, ImmutableDictionary<string, string> owners)
    {
        _namespaces = namespaces;
        Count = count;
        _owners = owners;
    }

    public static KindTree Empty { get; } = new(ImmutableSortedDictionary.Create<string, ImmutableSortedDictionary<string, StoredObject>>(StringComparer.Ordinal), 0, ImmutableDictionary.Create<string, string>(StringComparer.Ordinal));

    public int Count { get; }

    public static string Key(string ns, string name) => $"{ns}/{name}";

    /// <summary>Namespace and name of the object with a claim, or null; of several, the first that came.</summary>
    public string? OwnerOf(string claim) => _owners.GetValueOrDefault(claim);

    public StoredObject? Find(string ns, string name) =>
        _namespaces.TryGetValue(ns, out var objects) && objects.TryGetValue(name, out StoredObject? found) ? found : null;

    public KindTree With(StoredObject value)
    {
        var objects = _namespaces.GetValueOrDefault(value.Namespace, s_noObjects);
        var changed = objects.SetItem(value.Name, value);
        return new KindTree(_namespaces.SetItem(value.Namespace, changed), Count + changed.Count - objects.Count, Owners(objects.GetValueOrDefault(value.Name), value));
    }

    public KindTree Without(string ns, string name)
    {
        if (!_namespaces.TryGetValue(ns, out var objects) || !objects.ContainsKey(name))
        {
            return this;
        }

        var changed = objects.Remove(name);
        return new KindTree(changed.IsEmpty ? _namespaces.Remove(ns) : _namespaces.SetItem(ns, changed), Count - 1, Owners(objects[name], null));
    }

    /// <summary>Objects of one namespace, or of all for null, in order.</summary>
    public IEnumerable<StoredObject> List(string? ns) => ns is null
        ? _namespaces.SelectMany(static space => space.Value.Values)
        : _namespaces.TryGetValue(ns, out var objects) ? objects.Values : [];

    private ImmutableDictionary<string, string> Owners(StoredObject? before, StoredObject? after)
    {
        var (gone, come) = (before?.Claims ?? [], after?.Claims ?? []);
        if (gone.Count == 0 && come.Count == 0 || ReferenceEquals(gone, come))
        {
            return _owners;
        }

        var key = before is null ? Key(after!.Namespace, after.Name) : Key(before.Namespace, before.Name);
        var owners = _owners.ToBuilder();
        foreach (var claim in gone)
        {
            if (owners.GetValueOrDefault(claim) == key)
            {
                owners.Remove(claim);
            }
        }

        foreach (var claim in come)
        {
            owners.TryAdd(claim, key);
        }

        return owners.ToImmutable();
    }
}
