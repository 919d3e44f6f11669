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
    /// <param name="owner">whose they are</param>
    /// <param name="mappings">what is asked for</param>
    /// <param name="pod">the pod's addresses, one of each family at most</param>
    /// <param name="hairpin">by which the pod's own packets come back to it</param>
    /// <param name="isGone">whether an owner's pod is known to be no more</param>
    /// <param name="others">other pods' ports, asked for when the table has to be made (again)</param>
    /// <exception cref="CniException">a host port is taken (105)</exception>
    internal static void Publish(
        NftSocket nft, EntryOwner owner, IReadOnlyList<PortMapping> mappings, IReadOnlyList<IPAddress> pod, HairpinLink hairpin, Func<EntryOwner, bool> isGone,
        Func<IEnumerable<(EntryOwner, IReadOnlyList<PortMapping>, IReadOnlyList<IPAddress>)>> others)
    {
        var wanted = mappings.SelectMany(m => HostPortTable.Elements(m, pod, owner.ToString())).ToList();
        NftTables.Change(() =>
        {
            var stale = new List<PublishedPort>();
            foreach (var held in PublishedPort.List(nft))
                if (held.Owner is { } holder && (holder.Link == owner.Link || isGone(holder)))
                    stale.Add(held);
                else if (mappings.FirstOrDefault(held.Mapping.Overlaps) is { } mapping)
                    throw new CniException(ErrorCode.Taken, $"host port {mapping.HostPort}/{mapping.ProtocolName} is taken",
                        $"{held.Owner?.Who ?? held.Element.Comment ?? "somebody"} has it for {held.Pod}; choose another hostPort or another node");
            NftTables.Add(nft, HostPortTable.Spec, batch =>
            {
                Remove(batch, stale.Select(s => (s.Map, s.Element)));
                Add(batch, wanted);
                batch.AddElements(HostPortTable.Hairpin, [hairpin.Element(owner)]);
            }, batch => Add(batch, others().SelectMany(o => o.Item2.SelectMany(m => HostPortTable.Elements(m, o.Item3, o.Item1.ToString())))));
        });
        foreach (var mapping in mappings.Where(m => m.Protocol == PortMapping.Udp))
            Forget(f => f.OriginalDestination.Port == mapping.HostPort && !pod.Contains(f.ReplySource.Address));
    }

    /// <summary>Makes the table again when it is missing, with what the leases know.</summary>
    internal static void Restore(NftSocket nft, IReadOnlyList<(EntryOwner Owner, IReadOnlyList<PortMapping> Mappings, IReadOnlyList<IPAddress> Pod, HairpinLink Hairpin)> pods)
    {
        if (pods.Count == 0)
            return;
        NftTables.Add(nft, HostPortTable.Spec, batch =>
        {
            foreach (var pod in pods)
                Add(batch, pod.Mappings.SelectMany(m => HostPortTable.Elements(m, pod.Pod, pod.Owner.ToString())));
            batch.AddElements(HostPortTable.Hairpin, pods.DistinctBy(p => p.Hairpin.Name).Select(p => p.Hairpin.Element(p.Owner)));
        }, _ => { });
    }

    /// <summary>Takes back every port whose owner is <paramref name="gone"/>.</summary>
    internal static void Withdraw(NftSocket nft, Func<EntryOwner, bool> gone)
    {
        var withdrawn = new List<PublishedPort>();
        NftTables.Change(() =>
        {
            var stale = PublishedPort.List(nft).Where(p => p.Owner is { } owner && gone(owner)).ToList();
            var batch = nft.Batch();
            Remove(batch, stale.Select(s => (s.Map, s.Element)));
            Remove(batch, NftTables.Elements(nft, HostPortTable.Hairpin)
                .Where(e => EntryOwner.Parse(e.Comment) is { } owner && gone(owner)).Select(e => (HostPortTable.Hairpin, e)));
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

    private static void Add(NftBatch batch, IEnumerable<(NftSet Map, NftElement Element)> entries)
    {
        foreach (var map in entries.GroupBy(e => e.Map.Name))
            batch.AddElements(map.First().Map, map.Select(e => e.Element));
    }

    private static void Remove(NftBatch batch, IEnumerable<(NftSet Map, NftElement Element)> entries)
    {
        foreach (var map in entries.GroupBy(e => e.Map.Name))
            batch.DeleteElements(map.First().Map, map.Select(e => e.Element));
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
