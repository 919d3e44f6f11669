using System.Collections.Immutable;
using Vitrine.Model.Plans.Dns;

namespace Vitrine.Dns.Answers;

/// <summary>PTR sets by name and Service: an address may be an endpoint of several.</summary>
internal sealed class ReverseNames
{
    private readonly Dictionary<string, ImmutableArray<(string Service, DnsRecordSet Set)>> names = new(StringComparer.Ordinal);

    /// <summary>What a Service has now instead of what it had; the names whose records may be others.</summary>
    public IReadOnlyCollection<string> Replace(string service, IEnumerable<DnsRecordSet> before, IEnumerable<DnsRecordSet> after)
    {
        var touched = new HashSet<string>(StringComparer.Ordinal);
        foreach (var set in before)
        {
            touched.Add(set.Name);
            if (!names.TryGetValue(set.Name, out var held))
                continue;
            var rest = held.RemoveAll(h => h.Service == service);
            if (rest.IsEmpty)
                names.Remove(set.Name);
            else
                names[set.Name] = rest;
        }
        foreach (var set in after)
        {
            touched.Add(set.Name);
            names[set.Name] = (names.TryGetValue(set.Name, out var held) ? held : []).Add((service, set));
        }
        return touched;
    }

    /// <summary>In the order of the Services' names; null when nobody has the address any more.</summary>
    public IReadOnlyList<DnsRecordSet>? Find(string name) =>
        names.TryGetValue(name, out var held) ? [.. held.OrderBy(h => h.Service, StringComparer.Ordinal).Select(h => h.Set)] : null;
}
