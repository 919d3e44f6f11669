using System.Net;
using System.Net.Sockets;
using Vitrine.Cni.Config;
using Vitrine.Linux.Conntrack;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Nft;

namespace Vitrine.Cni.Firewall;

/// <summary>
/// Publishes host ports and takes them back. UDP has no end of a connection: what the kernel remembers of a flow would go on leading where it led before,
/// so such flows are forgotten when their port changes hands.
/// </summary>
internal static class HostPorts
{
    /// <param name="nft">the host's tables</param>
    /// <param name="pod">what to publish</param>
    /// <param name="isGone">whether an owner's pod is known to be no more</param>
    /// <param name="others">other pods' ports, asked for when the table has to be made (again)</param>
    /// <exception cref="CniException">a host port is taken (105)</exception>
    internal static void Publish(NftSocket nft, PublishedPod pod, Func<EntryOwner, bool> isGone, Func<IReadOnlyList<PublishedPod>> others)
    {
        NftTables.Change(() =>
        {
            var stale = new List<(NftSet, NftElement)>();
            foreach (var held in PublishedPort.List(nft))
                if (held.Owner is { } holder && (holder.Link == pod.Owner.Link || isGone(holder)))
                    stale.Add((held.Map, held.Element));
                else if (pod.Mappings.FirstOrDefault(held.Mapping.Overlaps) is { } mapping)
                    throw new CniException(ErrorCode.Taken, $"host port {mapping.HostPort}/{mapping.ProtocolName} is taken",
                        $"{held.Owner?.Who ?? held.Element.Comment ?? "somebody"} has it for {held.Pod}; choose another hostPort or another node");
            NftTables.Add(nft, HostPortTable.Spec, batch => Add(Remove(batch, stale), HostPortTable.Elements(pod)), batch => Restore(batch, others()));
        });
        foreach (var mapping in pod.Mappings.Where(m => m.Protocol == PortMapping.Udp))
            Forget(f => f.OriginalDestination.Port == mapping.HostPort && !pod.Addresses.Contains(f.ReplySource.Address));
    }

    /// <summary>Makes the table again when it is missing, with what the leases know.</summary>
    internal static void Restore(NftSocket nft, IReadOnlyList<PublishedPod> pods)
    {
        if (pods.Count > 0)
            NftTables.Add(nft, HostPortTable.Spec, batch => Restore(batch, pods), _ => { });
    }

    /// <summary>Takes back every port whose owner is <paramref name="gone"/>.</summary>
    internal static void Withdraw(NftSocket nft, Func<EntryOwner, bool> gone)
    {
        var withdrawn = new List<PublishedPort>();
        NftTables.Change(() =>
        {
            var stale = PublishedPort.List(nft).Where(p => p.Owner is { } owner && gone(owner)).ToList();
            var hairpins = from set in (NftSet[])[HostPortTable.Hairpin4, HostPortTable.Hairpin6]
                           from element in NftTables.Elements(nft, set)
                           where EntryOwner.Parse(element.Comment) is { } owner && gone(owner)
                           select (set, element);
            var batch = Remove(nft.Batch(), stale.Select(s => (s.Map, s.Element)).Concat(hairpins));
            withdrawn.AddRange(stale);
            batch.Send();
        });
        var udp = withdrawn.Where(w => w.Mapping.Protocol == PortMapping.Udp).Select(w => w.Pod).ToHashSet();
        if (udp.Count > 0)
            Forget(f => udp.Contains(f.ReplySource));
    }

    /// <summary>The first mapping that is not in the kernel as it should be, or null.</summary>
    internal static PortMapping? Missing(NftSocket nft, IReadOnlyList<PortMapping> mappings, IReadOnlyList<IPAddress> pod)
    {
        var held = HostPortTable.Maps.ToDictionary(m => m.Name, m => NftTables.Elements(nft, m).ToDictionary(e => e.Key, e => e.Value));
        return mappings.FirstOrDefault(m => HostPortTable.Elements(m, pod, "").Any(e => !held[e.Map.Name].TryGetValue(e.Element.Key, out var value) || !Nullable.Equals(value, e.Element.Value)));
    }

    /// <summary>Of two leases with one port, one is an ADD that is about to be refused: the earlier lease has it.</summary>
    private static void Restore(NftBatch batch, IReadOnlyList<PublishedPod> pods) =>
        Add(batch, pods.SelectMany(HostPortTable.Elements).DistinctBy(e => (e.Set.Name, e.Element.Key.ToString())));

    private static void Add(NftBatch batch, IEnumerable<(NftSet Set, NftElement Element)> entries)
    {
        foreach (var set in entries.GroupBy(e => e.Set.Name))
            batch.AddElements(set.First().Set, set.Select(e => e.Element));
    }

    private static NftBatch Remove(NftBatch batch, IEnumerable<(NftSet Set, NftElement Element)> entries)
    {
        foreach (var set in entries.GroupBy(e => e.Set.Name))
            batch.DeleteElements(set.First().Set, set.Select(e => e.Element));
        return batch;
    }

    private static void Forget(Func<ConntrackFlow, bool> which)
    {
        try
        {
            using var conntrack = ConntrackSocket.Open();
            foreach (var flow in conntrack.List().Where(f => f.Protocol == PortMapping.Udp && which(f)))
                conntrack.Delete(flow);
        }
        catch (LinuxException e) when (NftTables.IsAbsent(e))
        {
            // A kernel without ctnetlink: flows end by their timeout, 30 to 120 s.
        }
    }
}
