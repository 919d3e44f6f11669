using System.Collections.Immutable;
using System.Net;

namespace Vitrine.Model.Plans.Dns;

/// <summary>What the zone holds besides Services: 2.2, and the name servers of its apex.</summary>
public static class ClusterRecords
{
    /// <summary>Of the specification these records keep to.</summary>
    public const string SchemaVersion = "1.1.0";

    private const int VersionSeconds = 28800;

    /// <param name="zone">The cluster's domain.</param>
    /// <param name="servers">Addresses of the cluster's DNS.</param>
    public static IReadOnlyList<DnsRecordSet> Compile(string zone, ImmutableArray<IPAddress> servers)
    {
        const string owner = "cluster";
        var sets = new List<DnsRecordSet>
        {
            new($"dns-version.{zone}", DnsType.TXT, [DnsValue.Of(SchemaVersion)], owner, VersionSeconds),
            new(zone, DnsType.NS, [DnsValue.Of(ServerName(zone))], owner),
        };
        ServiceRecords.AddAddresses(sets, ServerName(zone), servers, owner);
        return sets;
    }

    /// <summary>The name server a zone names as its own.</summary>
    public static string ServerName(string zone) => $"ns.dns.{zone}";
}
