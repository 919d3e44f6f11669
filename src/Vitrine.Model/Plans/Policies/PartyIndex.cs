using System.Collections.Immutable;
using System.Net;

namespace Vitrine.Model.Plans.Policies;

/// <summary>All parties of a cluster, by namespace and by address.</summary>
/// <param name="ByNamespace">namespace → owner → party; nodes under the empty one</param>
/// <param name="ByAddress">who claims it: pods first, and of them the one who has it</param>
internal sealed record PartyIndex(ImmutableDictionary<string, ImmutableDictionary<string, Party>> ByNamespace, ImmutableDictionary<IPAddress, ImmutableArray<Party>> ByAddress)
{
    public static readonly PartyIndex Empty = new(ImmutableDictionary<string, ImmutableDictionary<string, Party>>.Empty, ImmutableDictionary<IPAddress, ImmutableArray<Party>>.Empty);

    public Party? Find(string ns, string owner) => ByNamespace.GetValueOrDefault(ns)?.GetValueOrDefault(owner);

    public IEnumerable<Party> Of(string ns) => ByNamespace.TryGetValue(ns, out var all) ? all.Values : [];

    /// <summary>Whoever has an address: at most one pod.</summary>
    public IEnumerable<Party> At(IPAddress address)
    {
        if (!ByAddress.TryGetValue(address, out var claims))
            yield break;
        for (var i = 0; i < claims.Length; i++)
            if (i == 0 || !claims[i].IsPod)
                yield return claims[i];
    }

    public bool Has(Party party, IPAddress address) => !party.IsPod || (ByAddress.TryGetValue(address, out var claims) && ReferenceEquals(claims[0], party));

    /// <summary>Changes to come: addresses whose parties are others afterwards are collected.</summary>
    internal sealed class Changes(PartyIndex before)
    {
        private readonly ImmutableDictionary<string, ImmutableDictionary<string, Party>>.Builder byNamespace = before.ByNamespace.ToBuilder();
        private readonly ImmutableDictionary<IPAddress, ImmutableArray<Party>>.Builder byAddress = before.ByAddress.ToBuilder();

        public HashSet<IPAddress> Touched { get; } = [];

        public PartyIndex Done() => Touched.Count == 0 && byNamespace.Count == before.ByNamespace.Count && !changed ? before : new PartyIndex(byNamespace.ToImmutable(), byAddress.ToImmutable());

        private bool changed;

        /// <returns>false where nothing is another</returns>
        public bool Put(string ns, string owner, Party? party)
        {
            var old = byNamespace.GetValueOrDefault(ns)?.GetValueOrDefault(owner);
            if (old is null ? party is null : party is not null && old.IsSame(party))
                return false;
            changed = true;
            foreach (var address in old?.Addresses ?? [])
                Yield(address, old!);
            var all = byNamespace.GetValueOrDefault(ns) ?? ImmutableDictionary<string, Party>.Empty;
            all = party is null ? all.Remove(owner) : all.SetItem(owner, party);
            if (all.IsEmpty)
                byNamespace.Remove(ns);
            else
                byNamespace[ns] = all;
            foreach (var address in party?.Addresses ?? [])
                Claim(address, party!);
            return true;
        }

        private void Claim(IPAddress address, Party party)
        {
            Touched.Add(address);
            byAddress[address] = byAddress.TryGetValue(address, out var others) ? [.. others.Add(party).Order(Comparer<Party>.Create(Order))] : [party];
        }

        private void Yield(IPAddress address, Party party)
        {
            Touched.Add(address);
            if (byAddress[address].Remove(party) is { IsEmpty: false } rest)
                byAddress[address] = rest;
            else
                byAddress.Remove(address);
        }

        private static int Order(Party one, Party other) => ReferenceEquals(one, other) ? 0
            : one.IsPod != other.IsPod ? (one.IsPod ? -1 : 1)
            : one.IsPod ? (one.Precedes(other) ? -1 : 1)
            : string.CompareOrdinal(one.Owner, other.Owner);
    }
}
