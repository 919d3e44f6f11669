using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Dns;

/// <summary>
/// The records of one Service, of nothing but itself and its slices: so one change recompiles one Service. Sections are those of the Kubernetes DNS
/// specification 1.1.0 (https://github.com/kubernetes/dns/blob/master/docs/specification.md); where it is silent, as kubeadm's CoreDNS answers.
/// </summary>
public static class ServiceRecords
{
    /// <summary>Sets in no order, of different names and types but for PTR, whose names several Services may share.</summary>
    public static IReadOnlyList<DnsRecordSet> Compile(Service service, ImmutableDictionary<string, EndpointSlice> slices, string zone)
    {
        var name = NameOf(service, zone);
        var owner = $"service/{service.Key}";
        if (service.Type == ServiceType.ExternalName)
        {
            // 2.5. An address is no name: a CNAME to it would be looked for at the root servers.
            var target = service.ExternalName.TrimEnd('.').ToLowerInvariant();
            return target.Length == 0 || IPAddress.TryParse(target, out _) ? [] : [new DnsRecordSet(name, DnsType.CNAME, [DnsValue.Of(target)], owner)];
        }
        return service.Headless ? new HeadlessRecords(service, name, owner).Compile(slices.Values) : WithClusterIP(service, slices.Values, name, owner);
    }

    /// <summary>SERVICE.NAMESPACE.svc.ZONE.</summary>
    public static string NameOf(Service service, string zone) => $"{service.Name}.{service.Namespace}.svc.{zone}".ToLowerInvariant();

    /// <summary>2.3; and 2.4.1's names of endpoints that have a hostname of their own, as upstream answers them for any Service.</summary>
    private static List<DnsRecordSet> WithClusterIP(Service service, IEnumerable<EndpointSlice> slices, string name, string owner)
    {
        var sets = new List<DnsRecordSet>(4);
        AddAddresses(sets, name, service.ClusterIPs, owner);
        foreach (var port in service.Ports.Where(p => p.Name.Length > 0))
            sets.Add(new DnsRecordSet(PortName(port.Name, port.Protocol, name), DnsType.SRV, [new DnsValue { Target = name, Weight = 100, Port = port.Port }], owner));
        foreach (var address in service.ClusterIPs)
            sets.Add(new DnsRecordSet(ReverseName.Of(address), DnsType.PTR, [DnsValue.Of(name)], owner));
        foreach (var named in slices.SelectMany(s => s.Endpoints).Where(e => e.Hostname.Length > 0 && Listed(service, e)).GroupBy(e => e.Hostname.ToLowerInvariant()))
            AddAddresses(sets, $"{named.Key}.{name}", named.Select(e => e.Address).Distinct(), owner);
        return sets;
    }

    /// <summary>Its address is answered.</summary>
    internal static bool Listed(Service service, Endpoint endpoint) => endpoint.Ready || service.PublishNotReadyAddresses;

    internal static string PortName(string port, string protocol, string name) => $"_{port}._{protocol}.{name}".ToLowerInvariant();

    internal static void AddAddresses(List<DnsRecordSet> sets, string name, IEnumerable<IPAddress> addresses, string owner)
    {
        foreach (var family in addresses.GroupBy(a => a.AddressFamily))
            sets.Add(new DnsRecordSet(name, family.Key == AddressFamily.InterNetworkV6 ? DnsType.AAAA : DnsType.A, [.. family.Select(DnsValue.Of)], owner));
    }
}
