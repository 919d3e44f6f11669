using k8s.Models;

namespace Vitrine.Control.Endpoints;

/// <summary>
/// Puts endpoints into slices so that as few slices as possible are written: an endpoint stays where it is; new ones go into slices
/// that are written anyway, then together into the fullest one with room for all, and only then into a new one. Slices are never
/// rebalanced. Source: reconcileByPortMapping of k8s.io/endpointslice.
/// </summary>
internal static class SlicePacking
{
    /// <summary>Endpoints a slice holds at most (--max-endpoints-per-slice).</summary>
    public const int MostPerSlice = 100;

    /// <param name="existing">Slices of one owner and one address type.</param>
    /// <param name="desired">Per set of ports the endpoints that have exactly these; never empty, a placeholder has neither.</param>
    /// <param name="make">A new slice of the owner, without ports and endpoints; its metadata is what existing ones should have, too.</param>
    public static SliceChanges Plan(IReadOnlyCollection<V1EndpointSlice> existing, IReadOnlyCollection<(IList<Discoveryv1EndpointPort> Ports, List<V1Endpoint> Endpoints)> desired, Func<V1EndpointSlice> make)
    {
        var byPorts = existing.OrderBy(s => s.Metadata.Name, StringComparer.Ordinal).ToLookup(s => SliceContent.PortKey(s.Ports));
        var (create, update, delete) = (new List<V1EndpointSlice>(), new List<V1EndpointSlice>(), new List<V1EndpointSlice>());
        var wanted = new HashSet<string>();
        foreach (var (ports, endpoints) in desired)
        {
            var key = SliceContent.PortKey(ports);
            wanted.Add(key);
            One([.. byPorts[key]], ports, endpoints, make, create, update, delete);
        }

        delete.AddRange(byPorts.Where(g => !wanted.Contains(g.Key)).SelectMany(g => g));

        // A slice to be made takes the place of one to be removed: one write instead of two, and watchers see no gap.
        while (create.Count > 0 && delete.Count > 0)
        {
            var (fresh, old) = (create[^1], delete[^1]);
            create.RemoveAt(create.Count - 1);
            delete.RemoveAt(delete.Count - 1);
            update.Add(With(old, fresh.Metadata, fresh.Ports, fresh.Endpoints));
        }

        return new SliceChanges(create, update, delete);
    }

    private static void One(
        V1EndpointSlice[] existing, IList<Discoveryv1EndpointPort> ports, List<V1Endpoint> endpoints, Func<V1EndpointSlice> make,
        List<V1EndpointSlice> create, List<V1EndpointSlice> update, List<V1EndpointSlice> delete)
    {
        var open = endpoints.ToDictionary(SliceContent.Identity, e => e);
        var like = make().Metadata;
        var (changed, unchanged) = (new List<V1EndpointSlice>(), new List<V1EndpointSlice>());
        var emptied = new List<V1EndpointSlice>();

        // 1. what stays where it is
        foreach (var slice in existing)
        {
            var (kept, differs) = (new List<V1Endpoint>(), !SameMetadata(slice.Metadata, like));
            foreach (var before in slice.Endpoints ?? [])
            {
                var stays = open.Remove(SliceContent.Identity(before), out var now) && kept.Count < MostPerSlice;
                if (stays)
                {
                    kept.Add(now!);
                }

                differs |= !stays || !SliceContent.Same(before, now!);
            }

            var place = kept.Count == 0 ? emptied : differs ? changed : unchanged;
            place.Add(differs ? With(slice, like, ports, kept) : slice);
        }

        // 2. newcomers into slices that are written anyway, the fullest first
        var queue = new Queue<V1Endpoint>(endpoints.Where(e => open.ContainsKey(SliceContent.Identity(e))));
        foreach (var slice in changed.OrderByDescending(s => s.Endpoints.Count))
        {
            Fill(slice, queue);
        }

        // 3. the rest into one slice with room for all of it, or into new ones
        while (queue.Count > 0)
        {
            var room = queue.Count < MostPerSlice ? unchanged.Where(s => s.Endpoints.Count + queue.Count <= MostPerSlice).MaxBy(s => s.Endpoints.Count) : null;
            V1EndpointSlice slice;
            if (room is not null)
            {
                unchanged.Remove(room);
                slice = With(room, like, ports, [.. room.Endpoints]);
                changed.Add(slice);
            }
            else if (emptied.Count > 0)
            {
                slice = With(emptied[0], like, ports, []);
                emptied.RemoveAt(0);
                changed.Add(slice);
            }
            else
            {
                slice = make();
                (slice.Ports, slice.Endpoints) = (ports, []);
                create.Add(slice);
            }

            Fill(slice, queue);
        }

        // 4. an empty one stays only as the sign that there is nothing
        if (endpoints.Count == 0 && emptied.Count > 0)
        {
            var (sign, before) = (emptied[0], existing.First(s => s.Metadata.Name == emptied[0].Metadata.Name));
            emptied.RemoveAt(0);
            if (!ReferenceEquals(sign, before))
            {
                changed.Add(sign);
            }
        }
        else if (endpoints.Count == 0)
        {
            var sign = make();
            (sign.Ports, sign.Endpoints) = (ports, []);
            create.Add(sign);
        }

        update.AddRange(changed);
        delete.AddRange(emptied);
    }

    private static void Fill(V1EndpointSlice slice, Queue<V1Endpoint> queue)
    {
        while (slice.Endpoints.Count < MostPerSlice && queue.TryDequeue(out var endpoint))
        {
            slice.Endpoints.Add(endpoint);
        }
    }

    private static V1EndpointSlice With(V1EndpointSlice slice, V1ObjectMeta like, IList<Discoveryv1EndpointPort> ports, IList<V1Endpoint> endpoints) => new()
    {
        ApiVersion = "discovery.k8s.io/v1",
        Kind = "EndpointSlice",
        Metadata = new V1ObjectMeta
        {
            Name = slice.Metadata.Name,
            NamespaceProperty = slice.Metadata.NamespaceProperty,
            Uid = slice.Metadata.Uid,
            ResourceVersion = slice.Metadata.ResourceVersion,
            GenerateName = slice.Metadata.GenerateName,
            Labels = like.Labels,
            Annotations = like.Annotations,
            OwnerReferences = like.OwnerReferences,
        },
        AddressType = slice.AddressType,
        Ports = ports,
        Endpoints = endpoints,
    };

    private static bool SameMetadata(V1ObjectMeta slice, V1ObjectMeta like) =>
        SliceContent.Same(slice.Labels, like.Labels) && SliceContent.Same(slice.Annotations, like.Annotations)
        && Owners.ControllerOf(slice)?.Uid == Owners.ControllerOf(like)?.Uid;
}
