using System.Net;
using Vitrine.Cni.Config;
using Vitrine.Linux.Netlink;

namespace Vitrine.Cni.Ipam;

/// <summary>The leases of one network in the order they were made, and where the search for the next address goes on.</summary>
internal sealed class LeaseTable
{
    // Keyed by text: the comparer of a record would have to be built at run time, which takes this process longer than all its netlink.
    private readonly Dictionary<string, Lease> leases = [];

    internal IReadOnlyCollection<Lease> Leases => leases.Values;

    /// <summary>What was leased last, also when it was freed since: the next search starts after it, so that an address rests before it is used again.</summary>
    internal IReadOnlyList<IPAddress> LastLeased { get; set; } = [];

    internal Lease? Find(Attachment attachment) => leases.GetValueOrDefault(Key(attachment));

    internal bool Put(Lease lease)
    {
        leases[Key(lease.Attachment)] = lease;
        LastLeased = lease.Addresses;
        return true;
    }

    internal bool Remove(Attachment attachment) => leases.Remove(Key(attachment));

    /// <summary>One free address of each set, round robin, or the one asked for; null with the reason.</summary>
    internal IReadOnlyList<IPAddress>? Choose(LeaseRequest request, out CniException? refusal)
    {
        var taken = new Dictionary<UInt128, Lease>();
        refusal = null;
        foreach (var lease in leases.Values)
            if (lease.Attachment != request.Attachment)
            {
                foreach (var address in lease.Addresses)
                    taken[IpNumber.Of(address)] = lease;
                if (request.Mac is { } mac && lease.Mac == mac)
                    refusal = Taken($"MAC address {mac}", lease);
            }
        var chosen = new List<IPAddress>();
        foreach (var set in request.Sets)
        {
            var wanted = request.Addresses.FirstOrDefault(a => set.RangeOf(a) is not null);
            if (wanted is not null && taken.TryGetValue(IpNumber.Of(wanted), out var holder))
                refusal = Taken($"requested address {wanted}", holder);
            else if ((wanted ?? Choose(set, taken)) is { } address)
                chosen.Add(address);
            else
                refusal = new CniException(ErrorCode.AddressesExhausted, $"no free address in {set}", $"{leases.Count} attachments hold one each; delete pods or widen ipam.ranges");
        }
        return refusal is null ? chosen : null;
    }

    private IPAddress? Choose(RangeSet set, Dictionary<UInt128, Lease> taken)
    {
        var last = LastLeased.FirstOrDefault(a => set.RangeOf(a) is not null);
        var start = last is null ? 0 : set.Ranges.ToList().FindIndex(r => r.Contains(last));
        // The range that was left off in is visited twice: first behind the last address, at the end before it.
        for (var i = 0; i <= set.Ranges.Count; i++)
        {
            var range = set.Ranges[(start + i) % set.Ranges.Count];
            var gateway = IpNumber.Of(range.Gateway);
            var first = i == 0 && last is not null ? IpNumber.Of(last) + 1 : range.FirstNumber;
            for (var number = first; number <= range.LastNumber && number != 0; number++)
                if (number != gateway && !taken.ContainsKey(number))
                    return IpNumber.ToAddress(number, range.Family);
        }
        return null;
    }

    private static CniException Taken(string what, Lease holder) =>
        new(ErrorCode.Taken, $"{what} is taken", $"container {holder.Attachment.ContainerId} holds it on {holder.Attachment.InterfaceName}; ask for another or delete that one");

    private static string Key(Attachment attachment) => $"{attachment.ContainerId} {attachment.InterfaceName}";
}
