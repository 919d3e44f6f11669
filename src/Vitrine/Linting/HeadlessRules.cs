using System.Net;
using Vitrine.Manifests;
using Vitrine.Model.Plans.Dns;
using Vitrine.Model.Snapshot;

namespace Vitrine.Linting;

/// <summary>Services that are names only: what other Services do with ports and selectors has no effect on them.</summary>
internal static class HeadlessRules
{
    public static IEnumerable<LintFinding> Check(DraftedCluster cluster) => cluster.Objects.Where(o => o.Draft is { Group: "", Kind: "Service", Stored: true })
        .SelectMany(o => cluster.Snapshot.Services[$"{o.Namespace}/{o.Name}"] is { Type: ServiceType.ExternalName } outside ? External(cluster, o, outside) : Headless(o, cluster.Snapshot.Services[$"{o.Namespace}/{o.Name}"]));

    private static IEnumerable<LintFinding> Headless(FileObject about, Service service)
    {
        if (!service.Headless)
            yield break;
        foreach (var (index, port) in service.Ports.Index())
            if (int.TryParse(port.TargetPort, out var number) && number != port.Port)
                yield return LintFinding.Of(about, LintFinding.Warning, "headless-port", $"spec.ports[{index}].targetPort",
                    $"{about.Key} is headless: its name stands for the pods themselves, so nobody translates port {port.Port} to {number}; clients must ask for {number}", $"set spec.ports[{index}].port to {number}, or take clusterIP: None away");
        if (service.AffinitySeconds > 0)
            yield return LintFinding.Of(about, LintFinding.Warning, "headless-affinity", "spec.sessionAffinity", $"{about.Key} is headless: clients choose a pod themselves, so sessionAffinity has no effect", "take spec.sessionAffinity out");
    }

    private static IEnumerable<LintFinding> External(DraftedCluster cluster, FileObject about, Service service)
    {
        if (IPAddress.TryParse(service.ExternalName, out _))
            yield return LintFinding.Of(about, LintFinding.Error, "external-name-address", "spec.externalName",
                $"{service.ExternalName} is an address, and externalName is a DNS name: resolvers get a CNAME that leads nowhere", "write a Service without a selector and an EndpointSlice with the address");
        if (!service.Selector.IsEmpty)
            yield return LintFinding.Of(about, LintFinding.Warning, "external-name-selector", "spec.selector", $"{about.Key} is an ExternalName: it is a name only, and its selector has no effect", "take spec.selector out, or set another type");
        var zone = DnsPlan.Compile(cluster.Snapshot, cluster.Spec.Dns.Domain, [.. cluster.Spec.DnsAddresses]);
        var name = service.ExternalName.TrimEnd('.');
        if (zone.Covers(name) && zone.Resolve(name, DnsType.A).Sets.IsEmpty && zone.Resolve(name, DnsType.AAAA).Sets.IsEmpty)
            yield return LintFinding.Of(about, LintFinding.Warning, "external-name-unknown", "spec.externalName", $"{name} is a name of the cluster, and the files have no such Service; it may exist in the cluster", "correct the name: SERVICE.NAMESPACE.svc.cluster.local");
    }
}
