using System.Collections.Immutable;
using Vitrine.Dns.Wire;
using Vitrine.Model.Plans.Dns;
using Vitrine.Model.Snapshot;

namespace Vitrine.Dns.Answers;

/// <summary>
/// Keeps a table as the compilers have it, one Service at a time. What a Service had before is compiled once more from the snapshot it came from, so nothing but the
/// table itself is kept of ten thousand of them. One thread at a time.
/// </summary>
internal sealed class ZoneWriter(AnswerTable table, string zone, ImmutableArray<System.Net.IPAddress> servers)
{
    private static readonly IEnumerable<DnsRecordSet> None = [];
    private readonly ReverseNames reverse = new();
    private ClusterSnapshot written = ClusterSnapshot.Empty;
    private bool begun;

    /// <summary>Changes with every change of the zone (RFC 1982 arithmetic: it may wrap).</summary>
    public uint Serial { get; private set; } = 1;

    /// <summary>The zone without any Service, so that its own names are there; and names of the hosts option.</summary>
    public void Begin(IEnumerable<DnsRecordSet> hosts)
    {
        foreach (var under in new[] { zone, $"svc.{zone}", $"pod.{zone}", $"dns.{zone}" })
            Put(under, []);
        PutAll(ClusterRecords.Compile(zone, servers));
        PutAll([.. hosts]);
        begun = true;
    }

    /// <summary>Makes the table as the snapshot is. Only these Services and, if there is another set of them, the namespaces are looked at.</summary>
    public void Update(ClusterSnapshot snapshot, IReadOnlyCollection<string> services)
    {
        if (!begun)
            throw new InvalidOperationException("Begin comes first");
        if (!ReferenceEquals(snapshot.Namespaces, written.Namespaces))
        {
            foreach (var ns in snapshot.Namespaces.Keys.Where(n => !written.Namespaces.ContainsKey(n)))
                foreach (var under in new[] { "svc", "pod" })
                    Put($"{ns}.{under}.{zone}", []);
            foreach (var ns in written.Namespaces.Keys.Where(n => !snapshot.Namespaces.ContainsKey(n)))
                foreach (var under in new[] { "svc", "pod" })
                    Remove($"{ns}.{under}.{zone}");
        }
        foreach (var key in services)
            Update(key, snapshot);
        written = snapshot;
        Serial++;
    }

    private void Update(string key, ClusterSnapshot snapshot)
    {
        var before = NamesOf(key, written, out var oldReverse);
        var after = NamesOf(key, snapshot, out var newReverse);
        foreach (var (name, sets) in after)
            Put(name, sets, target => after.GetValueOrDefault(target) ?? None);
        foreach (var (name, _) in before)
            if (!after.ContainsKey(name))
                Remove(name);
        foreach (var name in reverse.Replace(key, oldReverse, newReverse))
            if (reverse.Find(name) is { } sets)
                Put(name, sets);
            else
                Remove(name);
    }

    /// <summary>A Service's own names, those between included; names of addresses apart, since Services may share them.</summary>
    private Dictionary<string, List<DnsRecordSet>> NamesOf(string key, ClusterSnapshot snapshot, out List<DnsRecordSet> addresses)
    {
        var names = new Dictionary<string, List<DnsRecordSet>>(StringComparer.Ordinal);
        addresses = [];
        if (!snapshot.Services.TryGetValue(key, out var service))
            return names;
        var own = ServiceRecords.NameOf(service, zone);
        if (DnsPlan.Stands(service))
            names[own] = [];
        foreach (var set in ServiceRecords.Compile(service, snapshot.SlicesOf(key), zone))
        {
            if (set.Type == DnsType.PTR)
            {
                addresses.Add(set);
                continue;
            }
            if (!names.TryGetValue(set.Name, out var held))
                names[set.Name] = held = [];
            held.Add(set);
            for (var between = set.Name; between.Length > own.Length; between = between[(between.IndexOf('.') + 1)..])
                names.TryAdd(between, []);
        }
        return names;
    }

    private void PutAll(IReadOnlyList<DnsRecordSet> sets)
    {
        foreach (var name in sets.GroupBy(s => s.Name))
            Put(name.Key, [.. name]);
    }

    private void Put(string name, IReadOnlyList<DnsRecordSet> sets, Func<string, IEnumerable<DnsRecordSet>>? others = null)
    {
        if (WireName.Parse(name) is not { } wire)
            return;
        var entry = EntryWriter.Write(wire, sets, others ?? (static _ => None));
        if (table.Find(wire) is not { } held || !held.AsSpan().SequenceEqual(entry))
            table.Set(entry);
    }

    private void Remove(string name)
    {
        if (WireName.Parse(name) is { } wire)
            table.Remove(wire);
    }
}
