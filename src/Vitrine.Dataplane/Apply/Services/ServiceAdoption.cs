using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans.Services;

namespace Vitrine.Dataplane.Apply.Services;

/// <summary>Reads groups out of a table that is there already.</summary>
internal static class ServiceAdoption
{
    /// <summary>Groups by the comment of a front end that leads to them; what makes no sense is left out, and is then written anew.</summary>
    public static IEnumerable<(ServiceEntry.GroupKey Key, uint Id, List<GroupState.Place> Places, int AffinitySeconds)> Groups(ServiceSkeleton skeleton, ServiceContents contents)
    {
        var bySet = contents.Elements.ToLookup(e => e.Set, e => e.Element);
        var modes = contents.Modes.ToDictionary(m => m.Value, m => m.Key);
        foreach (var family in skeleton.Families)
        {
            var plain = Places(bySet[family.Backends], e => (End(e), 0));
            var sticky = bySet[family.Sticky].ToDictionary(e => Number(e.Key, 0));
            var kept = Places(bySet[family.Slots], e => sticky.TryGetValue(Number(e.Value!.Value, 0), out var backend) ? (End(backend), ServiceValue.High(Number(e.Value!.Value, 0))) : null);
            var seen = new HashSet<uint>();
            foreach (var front in new[] { family.Services, family.Outside, family.NodePorts, family.NodePortsOutside }.SelectMany(s => bySet[s]))
            {
                var value = Number(front.Value!.Value, 0);
                var id = ServiceValue.Group(value);
                if (id == 0 || front.Comment is null || !modes.TryGetValue(ServiceValue.High(value), out var mode) || !seen.Add(id))
                    continue;
                yield return (new ServiceEntry.GroupKey(family.Family, front.Comment), id, (mode.AffinitySeconds > 0 ? kept : plain).GetValueOrDefault(id) ?? [], mode.AffinitySeconds);
            }
        }
    }

    private static Dictionary<uint, List<GroupState.Place>> Places(IEnumerable<NftElement> elements, Func<NftElement, (Backend, uint)?> read) => elements
        .Select(e => (Group: Number(e.Key, 0), Index: Number(e.Key, 4), Place: read(e)))
        .Where(e => e.Place is not null)
        .GroupBy(e => e.Group)
        .ToDictionary(g => g.Key, g => g.OrderBy(e => e.Index).Select(e => new GroupState.Place(e.Place!.Value.Item1, e.Place.Value.Item2)).ToList());

    /// <summary>The address and port are what counts; the rest comes with the plan.</summary>
    private static Backend End(NftElement element)
    {
        var bytes = element.Value!.Value.Bytes;
        var address = bytes.Length >= 20 ? 16 : 4;
        return new Backend(new IPAddress(bytes[..address]), BinaryPrimitives.ReadUInt16BigEndian(bytes[address..]), false, "", "");
    }

    private static uint Number(NftKey key, int at) => MemoryMarshal.Read<uint>(key.Bytes[at..]);
}
