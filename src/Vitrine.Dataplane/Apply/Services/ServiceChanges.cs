using Vitrine.Linux.Nft;

namespace Vitrine.Dataplane.Apply.Services;

/// <summary>Elements to delete and to add, and the modes they need: one transaction.</summary>
internal sealed class ServiceChanges
{
    private readonly Dictionary<NftSet, List<NftElement>> deleted = new(ReferenceEqualityComparer.Instance), added = new(ReferenceEqualityComparer.Instance);

    public IReadOnlyDictionary<NftSet, List<NftElement>> Deleted => deleted;

    public IReadOnlyDictionary<NftSet, List<NftElement>> Added => added;

    /// <summary>Modes that have no chain yet.</summary>
    public List<ServiceMode> NewModes { get; } = [];

    public int Count { get; private set; }

    public void Delete(NftSet set, NftElement element) => Put(deleted, set, element);

    public void Add(NftSet set, NftElement element) => Put(added, set, element);

    /// <summary>What leads from some elements to others. A key that gets another value is deleted and added.</summary>
    public void Difference(IEnumerable<ServiceElement> held, IEnumerable<ServiceElement> wanted)
    {
        using var first = held.GetEnumerator();
        if (!first.MoveNext())
        {
            foreach (var one in wanted)
                Add(one.Set, one.Element);
            return;
        }
        var surplus = new Dictionary<(NftSet, NftKey, NftKey), ServiceElement>();
        do
            surplus[Identity(first.Current)] = first.Current;
        while (first.MoveNext());
        foreach (var one in wanted)
            if (!surplus.TryGetValue(Identity(one), out var other))
                Add(one.Set, one.Element);
            else if (Same(one.Element, other.Element))
                surplus.Remove(Identity(one));
            else
                Add(one.Set, one.Element);
        foreach (var one in surplus.Values)
            Delete(one.Set, one.Element);
    }

    private static (NftSet, NftKey, NftKey) Identity(ServiceElement one) => (one.Set, one.Element.Key, one.Element.Last ?? one.Element.Key);

    private static bool Same(NftElement a, NftElement b) => Nullable.Equals(a.Value, b.Value) && a.Comment == b.Comment;

    private void Put(Dictionary<NftSet, List<NftElement>> where, NftSet set, NftElement element)
    {
        if (!where.TryGetValue(set, out var list))
            where[set] = list = [];
        list.Add(element);
        Count++;
    }
}
