using System.Collections.Frozen;
using Vitrine.Dns.Cache;
using Vitrine.Dns.Wire;
using Vitrine.Linux.Sockets;
using Vitrine.Model.Plans.Dns;
using Vitrine.Model.Snapshot;

namespace Vitrine.Dns.Answers;

/// <summary>
/// A pod's resolver tries a name under NAMESPACE.svc.ZONE first, then under svc.ZONE and ZONE, then as it is: four questions for an address that is known at the first. Where
/// the first does not exist and a later one is known, that is answered, behind a CNAME, as CoreDNS' autopath does. Only for pods of this node whose
/// search list is the plain one, and only where the later name has records: whatever would be denied in the end is denied as always.
/// </summary>
internal sealed class SearchPaths(string zone, AnswerCache cache)
{
    private static readonly FrozenDictionary<UInt128, byte[]> Nobody = FrozenDictionary<UInt128, byte[]>.Empty;
    private readonly byte[][] later = [WireName.Parse($"svc.{zone}")!, WireName.Parse(zone)!];
    private FrozenDictionary<UInt128, byte[]> first = Nobody;

    /// <summary>The node's resolv.conf has no search list of its own that would come before the bare name.</summary>
    public bool BareNameIsNext { get; init; }

    /// <summary>The pods whose search list is known.</summary>
    public void Set(IEnumerable<Pod> pods) => Volatile.Write(ref first, pods
        .Where(p => p is { ClusterDns: true, HostNetwork: false, Finished: false })
        .SelectMany(p => p.Addresses.Select(a => (Address: PeerAddress.BitsOf(a), p.Namespace)))
        .DistinctBy(p => p.Address)
        .ToFrozenDictionary(p => p.Address, p => WireName.Parse($"{p.Namespace}.svc.{zone}")!));

    /// <returns>null: there is nothing to follow, and nothing was written</returns>
    public DnsRcode? TryFollow(ref MessageWriter writer, AnswerTable table, ReadOnlySpan<byte> name, in Query query, UInt128 client, uint turn)
    {
        if (!Volatile.Read(ref first).TryGetValue(client, out var path))
            return null;
        var end = WireName.FindSuffix(name, path);
        if (end <= 0)
            return null;
        Span<byte> candidate = stackalloc byte[DnsFormat.MaxName];
        name[..end].CopyTo(candidate);
        foreach (var suffix in later)
        {
            suffix.CopyTo(candidate[end..]);
            var whole = candidate[..(end + suffix.Length)];
            if (table.Find(whole) is not { } bytes || new NameEntry(bytes) is var entry && !entry.HasRecords)
                continue;
            if (entry.TryFind((ushort)DnsType.CNAME, out _))
                return null;
            writer.TryRecord(name, (ushort)DnsType.CNAME, DnsRecordSet.Ttl, whole);
            if (entry.TryFind(query.Type, out var set))
                set.AppendTo(ref writer, turn, owner: writer.Length - whole.Length);
            return DnsRcode.NoError;
        }
        candidate[end] = 0;
        return BareNameIsNext && candidate[0] + 1 < end ? Outside(ref writer, name, candidate[..(end + 1)], query) : null;
    }

    private DnsRcode? Outside(ref MessageWriter writer, ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> bare, in Query query)
    {
        Span<byte> key = stackalloc byte[CacheKey.MaxSize];
        if (cache.Find(CacheKey.Write(key, bare, query.Type, query.DnssecOk, query.CheckingDisabled), out var age) is not { Answers.Count: > 0, Rcode: DnsRcode.NoError } answer || age >= answer.Seconds)
            return null;
        writer.TryRecord(name, (ushort)DnsType.CNAME, Math.Min(DnsRecordSet.Ttl, answer.Seconds - age), bare);
        answer.AppendTo(ref writer, age);
        return DnsRcode.NoError;
    }
}
