using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Services;

/// <summary>One Service and its slices → what a node does with it.</summary>
internal static class ServiceCompiler
{
    /// <summary>Null for a Service without front ends of ours: headless, ExternalName, or another proxy's.</summary>
    internal static PlannedService? Compile(Service service, ImmutableDictionary<string, EndpointSlice> slices, Locality here, ServiceRules rules)
    {
        if (service.Headless || service.Type == ServiceType.ExternalName || service.ProxyName.Length > 0 || service.ClusterIPs.IsEmpty)
            return null;
        var refusals = ImmutableArray.CreateBuilder<ServiceRefusal>();
        Refuse(service, slices, rules, refusals);
        IPAddress[] external = service.ExternalIPs.IsEmpty ? [] : [.. service.ExternalIPs.Where(a => Allowed(a, rules))];
        var counted = service is { ExternalLocal: true, HealthCheckNodePort: > 0 } ? new HashSet<IPAddress>() : null;
        var ports = ImmutableArray.CreateBuilder<PlannedPort>();
        foreach (var port in service.Ports)
        {
            var protocol = ServiceProtocol.Number(port.Protocol);
            if (protocol == 0)
                continue;
            foreach (var cluster in service.ClusterIPs)
            {
                var choice = EndpointChoice.Of(port, cluster.AddressFamily, slices.Values, here);
                // A balancer counts endpoints, not their addresses.
                if (cluster.Equals(service.ClusterIPs[0]))
                    counted?.UnionWith(choice.ReadyHere);
                ports.Add(new PlannedPort(service.Key, port, cluster.AddressFamily)
                {
                    Protocol = protocol, Cluster = choice.Cluster, Local = choice.Local, AffinitySeconds = service.AffinitySeconds,
                    FrontEnds = [.. FrontEnds(service, port, protocol, cluster, external, choice)],
                });
            }
        }
        return new PlannedService(service, slices)
        {
            Ports = ports.DrainToImmutable(),
            Refusals = refusals.DrainToImmutable(),
            Health = counted is null ? null : new ServiceHealth(service.Key, service.HealthCheckNodePort, counted.Count),
        };
    }

    private static IEnumerable<FrontEnd> FrontEnds(Service service, ServicePort port, byte protocol, IPAddress cluster, IPAddress[] external, EndpointChoice choice)
    {
        var family = cluster.AddressFamily;
        var everywhere = choice.Cluster.IsEmpty ? Fate.Reject : Fate.Cluster;
        var here = !choice.Local.IsEmpty ? Fate.Local : choice.Anywhere ? Fate.Drop : Fate.Reject;
        var within = service.InternalLocal ? here : everywhere;
        yield return new FrontEnd(FrontEndKind.ClusterIP, new FrontEndKey(cluster, protocol, (ushort)port.Port), within, within);
        var without = service.ExternalLocal ? here : everywhere;
        if (port.NodePort > 0)
            yield return new FrontEnd(FrontEndKind.NodePort, FrontEndKey.NodePort(family, protocol, port.NodePort), everywhere, without);
        ImmutableArray<IPNetwork>? sources = service.LoadBalancerSourceRanges.IsEmpty ? null : [.. service.LoadBalancerSourceRanges.Where(r => r.BaseAddress.AddressFamily == family).Distinct()];
        if (service.LoadBalancerAddresses.IsEmpty && external.Length == 0)
            yield break;
        foreach (var address in service.LoadBalancerAddresses.Where(a => a.AddressFamily == family).Distinct())
            yield return new FrontEnd(FrontEndKind.LoadBalancer, new FrontEndKey(address, protocol, (ushort)port.Port), everywhere, without) { Sources = sources };
        foreach (var address in external.Where(a => a.AddressFamily == family).Distinct())
            yield return new FrontEnd(FrontEndKind.ExternalIP, new FrontEndKey(address, protocol, (ushort)port.Port), everywhere, without);
    }

    private static bool Allowed(IPAddress address, ServiceRules rules) => rules.ExternalIPs.Any(r => r.Contains(address));

    private static void Refuse(Service service, ImmutableDictionary<string, EndpointSlice> slices, ServiceRules rules, ImmutableArray<ServiceRefusal>.Builder refusals)
    {
        foreach (var address in service.ExternalIPs)
            if (!Allowed(address, rules))
                refusals.Add(new ServiceRefusal($"service/{service.Key}", $"externalIP {address} is in no range that is allowed for external addresses; it is not served"));
        if (!slices.Values.Any(s => s.Endpoints.Any(e => EndpointChoice.IsRefused(e.Address))))
            return;
        foreach (var slice in slices.Values.OrderBy(s => s.Name, StringComparer.Ordinal))
            foreach (var endpoint in slice.Endpoints)
                if (EndpointChoice.IsRefused(endpoint.Address))
                    refusals.Add(new ServiceRefusal($"endpointslice/{slice.Key}", $"endpoint {endpoint.Address} is a loopback, link-local, multicast or unspecified address; it is not used"));
    }
}
