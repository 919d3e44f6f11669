using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Dns;

/// <summary>
/// The cluster's zone as a function of a snapshot. The server renders the same compilers' sets, Service by Service; this is the whole of them, for
/// whoever asks one question (explain) or all of them (golden tests).
/// </summary>
public sealed class DnsPlan
{
    private const int LongestChain = 8;
    private readonly Dictionary<string, List<DnsRecordSet>> names = new(StringComparer.Ordinal);

    private DnsPlan(string zone, ImmutableArray<IPAddress> servers, ClusterSnapshot snapshot)
    {
        Zone = zone;
        Add(ClusterRecords.Compile(zone, servers));
        foreach (var under in new[] { "svc", "pod" })
        {
            Exists($"{under}.{zone}");
            foreach (var ns in snapshot.Namespaces.Keys)
                Exists($"{ns}.{under}.{zone}");
        }
        foreach (var service in snapshot.Services.Values.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            if (Stands(service))
                Exists(ServiceRecords.NameOf(service, zone));
            Add(ServiceRecords.Compile(service, snapshot.SlicesOf(service.Key), zone));
        }
    }

    /// <summary>The cluster's domain, lower case, without a final dot.</summary>
    public string Zone { get; }

    public static DnsPlan Compile(ClusterSnapshot snapshot, string zone, ImmutableArray<IPAddress> servers) => new(zone, servers, snapshot);

    /// <summary>A Service with an address of its own has a name even before the address is there.</summary>
    public static bool Stands(Service service) => !service.Headless && service.Type != ServiceType.ExternalName;

    /// <summary>The name is of this plan, so that NXDomain is the last word on it.</summary>
    public bool Covers(string name) => name == Zone || name.EndsWith($".{Zone}", StringComparison.Ordinal);

    /// <param name="name">In any case, with or without a final dot.</param>
    /// <param name="type">Of the records asked for.</param>
    public DnsAnswer Resolve(string name, DnsType type)
    {
        name = name.TrimEnd('.').ToLowerInvariant();
        var chain = ImmutableArray.CreateBuilder<DnsRecordSet>();
        while (chain.Count < LongestChain)
        {
            if (!names.TryGetValue(name, out var sets))
                return PodRecord.Resolve(name, Zone, ns => names.ContainsKey($"{ns}.pod.{Zone}")) is { } pod
                    ? new DnsAnswer(DnsRcode.NoError, pod.Type == type ? [.. chain, pod] : chain.ToImmutable())
                    : chain.Count > 0 && !Covers(name) ? new DnsAnswer(DnsRcode.NoError, chain.ToImmutable(), name) : new DnsAnswer(DnsRcode.NXDomain, chain.ToImmutable());
            if (sets.Find(s => s.Type == type) is { } found)
                return new DnsAnswer(DnsRcode.NoError, [.. chain, found]);
            if (sets.Find(s => s.Type == DnsType.CNAME) is not { } alias)
                return new DnsAnswer(DnsRcode.NoError, chain.ToImmutable());
            chain.Add(alias);
            name = alias.Values[0].Target;
        }
        return new DnsAnswer(DnsRcode.ServFail, chain.ToImmutable());
    }

    /// <summary>All records, a line each, in a stable order; names that only exist have a line of their own.</summary>
    public override string ToString() => string.Join('\n', names.OrderBy(n => n.Key, StringComparer.Ordinal)
        .Select(n => n.Value.Count == 0 ? $"{n.Key}. exists" : string.Join('\n', n.Value.OrderBy(s => s.Type)))) + "\n";

    private void Add(IEnumerable<DnsRecordSet> sets)
    {
        foreach (var set in sets)
        {
            Exists(set.Name);
            var held = names[set.Name];
            // Several Services may have endpoints of one address; a Service's own address has one name.
            if (held.FindIndex(s => s.Type == set.Type) is >= 0 and var at)
                held[at] = held[at] with { Values = [.. held[at].Values, .. set.Values], Owner = $"{held[at].Owner}, {set.Owner}" };
            else
                held.Add(set);
        }
    }

    /// <summary>The name, and all between it and the zone (RFC 8020: what is below a name that does not exist does not exist).</summary>
    private void Exists(string name)
    {
        for (var rest = name; names.TryAdd(rest, []) && Covers(rest) && rest != Zone; rest = rest[(rest.IndexOf('.') + 1)..])
        {
        }
    }
}
