using System.Net;
using Vitrine.Cni.Config;

namespace Vitrine.Cni.Ipam;

/// <summary>The leases of one network in the order they were made, and where the search for the next address goes on.</summary>
internal sealed class LeaseTable
{
    private readonly Dictionary<Attachment, Lease> leases = [];

    internal IReadOnlyCollection<Lease> Leases => leases.Values;

    /// <summary>What was leased last, also when it was freed since: the next search starts after it, so that an address rests before it is used again.</summary>
    internal IReadOnlyList<IPAddress> LastLeased { get; set; } = [];

    internal Lease? Find(Attachment attachment) => leases.GetValueOrDefault(attachment);

    internal void Put(Lease lease)
    {
        leases[lease.Attachment] = lease;
        LastLeased = lease.Addresses;
    }

    internal bool Remove(Attachment attachment) => leases.Remove(attachment);

    /// <summary>One free address of each set, round robin; null with the set that has none left.</summary>
    internal IReadOnlyList<IPAddress>? Choose(IReadOnlyList<RangeSet> sets, out RangeSet? exhausted)
    {
        var taken = new HashSet<IPAddress>(leases.Values.SelectMany(l => l.Addresses));
        var chosen = new List<IPAddress>();
        exhausted = null;
        foreach (var set in sets)
        {
            if (Choose(set, taken) is not { } address)
            {
                exhausted = set;
                return null;
            }
            chosen.Add(address);
        }
        return chosen;
    }

    private IPAddress? Choose(RangeSet set, HashSet<IPAddress> taken)
    {
        var last = LastLeased.FirstOrDefault(a => set.RangeOf(a) is not null);
        var start = last is null ? 0 : set.Ranges.ToList().FindIndex(r => r.Contains(last));
        // The range that was left off in is visited twice: first behind the last address, at the end before it.
        for (var i = 0; i <= set.Ranges.Count; i++)
        {
            var range = set.Ranges[(start + i) % set.Ranges.Count];
            var first = i == 0 && last is not null ? IpNumber.Of(last) + 1 : range.FirstNumber;
            for (var number = first; number <= range.LastNumber && number != 0; number++)
            {
                var address = IpNumber.ToAddress(number, range.Family);
                if (!address.Equals(range.Gateway) && !taken.Contains(address))
                    return address;
            }
        }
        return null;
    }
}
