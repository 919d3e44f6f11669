using System.Net;
using System.Net.Sockets;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans.Services;

namespace Vitrine.Dataplane.Apply.Services;

/// <summary>What the kernel has of one Service.</summary>
internal sealed class ServiceEntry
{
    private const int MostComment = 253;

    /// <summary>Its groups of backends, those that some front end leads to.</summary>
    public Dictionary<GroupKey, GroupState> Groups { get; } = [];

    /// <summary>Front ends that are its own and no other Service's, with the values they have.</summary>
    public List<Front> Fronts { get; } = new(1);

    /// <summary>A group's backends, and the front ends.</summary>
    public IEnumerable<ServiceElement> Elements(ServiceSkeleton skeleton)
    {
        foreach (var (key, group) in Groups)
            foreach (var element in Backends(skeleton.Of(key.Family)!, group))
                yield return element;
        foreach (var front in Fronts)
        {
            var family = skeleton.Of(front.FrontEnd.Key.Family)!;
            var key = front.FrontEnd.Key;
            if (key.IsNodePort)
            {
                yield return new(family.NodePorts, NftElement.Of(NftValue.Protocol(key.Protocol), NftValue.Port(key.Port)).To(NftValue.Number(front.Inside)) with { Comment = front.Comment });
                if (front.Outside != front.Inside)
                    yield return new(family.NodePortsOutside, NftElement.Of(NftValue.Protocol(key.Protocol), NftValue.Port(key.Port)).To(NftValue.Number(front.Outside)) with { Comment = front.OutsideComment });
                continue;
            }
            NftValue[] address = [key.Address, NftValue.Protocol(key.Protocol), NftValue.Port(key.Port)];
            yield return new(family.Services, new NftElement(NftKey.Of(address)) { Value = NftKey.Of(NftValue.Number(front.Inside)), Comment = front.Comment });
            if (front.Outside != front.Inside)
                yield return new(family.Outside, NftElement.Of(address).To(NftValue.Number(front.Outside)) with { Comment = front.OutsideComment });
            if (front.FrontEnd.Sources is not { } sources)
                continue;
            yield return new(family.Guarded, NftElement.Of(address) with { Comment = front.Comment });
            foreach (var range in Ranges.Apart([.. sources, new IPNetwork(key.Address, family.Family == AddressFamily.InterNetworkV6 ? 128 : 32)]))
                yield return new(family.Sources, From(address, range) with { Comment = front.Comment });
        }
    }

    /// <summary>What it needs of sets where other Services may need the same.</summary>
    public IEnumerable<ServiceElement> Shared(ServiceSkeleton skeleton, Func<IPAddress, bool> inRange)
    {
        foreach (var (key, group) in Groups)
            foreach (var place in group.Places)
                if (place.Backend.Local)
                    yield return new(skeleton.Of(key.Family)!.Hairpin, NftElement.Of(place.Backend.Address, place.Backend.Address));
        foreach (var front in Fronts)
            if (front.FrontEnd.Kind == FrontEndKind.ClusterIP && !inRange(front.FrontEnd.Key.Address))
                yield return new(skeleton.Of(front.FrontEnd.Key.Family)!.ServiceAddresses, NftElement.Of(front.FrontEnd.Key.Address));
    }

    private static NftElement From(NftValue[] address, IPNetwork range)
    {
        var clients = NftElement.Of(range);
        return NftElement.Of([.. address, range.BaseAddress]) with { Last = NftKey.Of([.. address, new IPAddress(clients.Last!.Value.Bytes)]) };
    }

    private static IEnumerable<ServiceElement> Backends(ServiceFamily family, GroupState group)
    {
        var (slice, comment) = ("", "");
        for (var i = 0; i < group.Places.Count; i++)
        {
            var (backend, sticky) = group.Places[i];
            if (backend.Slice != slice)
                (slice, comment) = (backend.Slice, Cut($"endpointslice/{backend.Slice}"));
            NftValue[] place = [NftValue.Number(group.Id), NftValue.Number((uint)i)];
            if (group.AffinitySeconds == 0)
            {
                yield return new(family.Backends, new NftElement(NftKey.Of(place)) { Value = NftKey.Of(backend.Address, NftValue.Port(backend.Port)), Comment = comment });
                continue;
            }
            var number = NftValue.Number(ServiceValue.Of(sticky, group.Id));
            yield return new(family.Slots, NftElement.Of(place).To(number));
            yield return new(family.Sticky, NftElement.Of(number).To(backend.Address, NftValue.Port(backend.Port)) with { Comment = comment });
        }
    }

    /// <summary>As much as the kernel keeps, so that the same is found again. Names are ASCII.</summary>
    private static string Cut(string comment) => comment.Length <= MostComment ? comment : comment[..MostComment];

    /// <summary>Names a group within its Service.</summary>
    internal readonly record struct GroupKey(AddressFamily Family, string Name);

    /// <param name="FrontEnd">the front end</param>
    /// <param name="Inside">its <see cref="ServiceValue"/> for clients inside</param>
    /// <param name="Outside">likewise outside</param>
    /// <param name="Comment">the group's name, by which it is found again</param>
    /// <param name="OutsideComment">likewise</param>
    internal readonly record struct Front(FrontEnd FrontEnd, uint Inside, uint Outside, string Comment, string OutsideComment);
}
