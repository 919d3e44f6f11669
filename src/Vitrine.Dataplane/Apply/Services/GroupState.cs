using Vitrine.Model.Plans.Services;

namespace Vitrine.Dataplane.Apply.Services;

/// <summary>
/// The backends of one Service's port for one traffic policy, each at its place. A backend that stays keeps its place, and the places have no gap: so
/// one that comes or goes costs one or two elements, whatever their number.
/// </summary>
internal sealed class GroupState(uint id)
{
    private readonly List<Place> places = [];
    private uint nextSticky;

    public uint Id => id;

    public int AffinitySeconds { get; private set; }

    public IReadOnlyList<Place> Places => places;

    public ServiceMode Mode => new(places.Count, AffinitySeconds);

    /// <summary>Backends as the kernel has them from an earlier life of this program; those that are wanted no more go with the next <see cref="Set"/>.</summary>
    public void Adopt(IEnumerable<Place> held, int affinitySeconds)
    {
        places.AddRange(held);
        AffinitySeconds = affinitySeconds;
        nextSticky = places.Count == 0 ? 0 : places.Max(p => p.Sticky) + 1;
    }

    public void Set(IReadOnlyCollection<Backend> wanted, int affinitySeconds)
    {
        var begins = AffinitySeconds == 0 && affinitySeconds > 0;
        AffinitySeconds = affinitySeconds;
        if (places.Count == 0 && affinitySeconds == 0)
        {
            foreach (var backend in wanted)
                places.Add(new Place(backend, nextSticky++ % ServiceValue.MostSticky));
            return;
        }
        var missing = new Dictionary<(System.Net.IPAddress, ushort), Backend>(wanted.Count);
        foreach (var backend in affinitySeconds > 0 ? wanted.Take(ServiceValue.MostSticky) : wanted)
            missing[(backend.Address, backend.Port)] = backend;
        var free = new List<int>();
        for (var i = 0; i < places.Count; i++)
            if (missing.Remove((places[i].Backend.Address, places[i].Backend.Port), out var same))
                places[i] = places[i] with { Backend = same };
            else
                free.Add(i);
        foreach (var backend in missing.Values)
        {
            var place = new Place(backend, TakeSticky());
            if (free.Count > 0)
            {
                places[free[0]] = place;
                free.RemoveAt(0);
            }
            else
                places.Add(place);
        }
        // Gaps that are left are filled from the end.
        for (var i = free.Count - 1; i >= 0; i--)
        {
            places[free[i]] = places[^1];
            places.RemoveAt(places.Count - 1);
        }
        // Without affinity nobody kept the numbers apart.
        for (var i = 0; begins && i < places.Count; i++)
            places[i] = places[i] with { Sticky = nextSticky = (uint)i };
    }

    /// <summary>Used again as late as can be: a client may still remember who had it.</summary>
    private uint TakeSticky()
    {
        do
            nextSticky %= ServiceValue.MostSticky;
        while (places.Exists(p => p.Sticky == nextSticky) && places.Count < ServiceValue.MostSticky && ++nextSticky > 0);
        return nextSticky++;
    }

    /// <param name="Backend">whom</param>
    /// <param name="Sticky">its number in the group, for affinity</param>
    internal readonly record struct Place(Backend Backend, uint Sticky);
}
