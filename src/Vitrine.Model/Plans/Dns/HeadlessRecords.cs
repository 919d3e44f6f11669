using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Dns;

/// <summary>
/// Section 2.4: a Service without an address of its own. Without a listed endpoint there is no record at all, so its name does not exist, as the
/// specification wants it.
/// </summary>
internal sealed class HeadlessRecords(Service service, string name, string owner)
{
    private readonly List<DnsRecordSet> sets = [];

    public IReadOnlyList<DnsRecordSet> Compile(IEnumerable<EndpointSlice> slices)
    {
        // In an order that does not depend on a dictionary's; one address may be in two slices while it moves from one to the other.
        var listed = slices.OrderBy(s => s.Name, StringComparer.Ordinal)
            .SelectMany(s => s.Endpoints.Where(e => ServiceRecords.Listed(service, e)).Select(e => (Slice: s, e.Address, Host: HostnameOf(e))))
            .ToList();
        ServiceRecords.AddAddresses(sets, name, listed.Select(l => l.Address).Distinct(), owner);
        foreach (var host in listed.GroupBy(l => l.Host))
            ServiceRecords.AddAddresses(sets, $"{host.Key}.{name}", host.Select(l => l.Address).Distinct(), owner);
        foreach (var address in listed.GroupBy(l => l.Address))
            sets.Add(new DnsRecordSet(ReverseName.Of(address.Key), DnsType.PTR, [.. address.Select(l => l.Host).Distinct().Select(h => DnsValue.Of($"{h}.{name}"))], owner));
        foreach (var port in listed.SelectMany(l => l.Slice.Ports.Where(p => p.Name.Length > 0).Select(p => (Port: p, l.Host))).GroupBy(p => (p.Port.Name, p.Port.Protocol)))
            AddPort(ServiceRecords.PortName(port.Key.Name, port.Key.Protocol, name), [.. port.Select(p => (p.Host, p.Port.Port)).Distinct()]);
        return sets;
    }

    /// <summary>Its hostname, or a label made of its address: the specification leaves its form to us, this is upstream's.</summary>
    public static string HostnameOf(Endpoint endpoint) =>
        endpoint.Hostname.Length > 0 ? endpoint.Hostname.ToLowerInvariant() : LabelOf(endpoint.Address);

    private static string LabelOf(IPAddress address) => address.ToString().Replace('.', '-').Replace(':', '-');

    private void AddPort(string portName, ImmutableArray<(string Host, int Port)> ends) =>
        sets.Add(new DnsRecordSet(portName, DnsType.SRV, [.. ends.Select(e => new DnsValue { Target = $"{e.Host}.{name}", Weight = Math.Max(1, 100 / ends.Length), Port = e.Port })], owner));
}
