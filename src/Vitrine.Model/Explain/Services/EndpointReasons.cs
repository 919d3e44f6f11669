using System.Collections.Immutable;
using Vitrine.Model.Plans.Services;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Explain.Services;

/// <summary>Every endpoint a Service could have at a port, and why connections that come to one node may be sent to it or not.</summary>
internal static class EndpointReasons
{
    internal static ImmutableArray<ConsideredEndpoint> Of(Scene scene, string node, PlannedPort port, Fate fate)
    {
        var chosen = port.BackendsOf(fate);
        var listed = scene.Snapshot.SlicesOf(port.Service).Values.Where(s => s.Family == port.Family).OrderBy(s => s.Name, StringComparer.Ordinal)
            .SelectMany(s => s.Endpoints.Select(e => (Slice: s, Endpoint: e, Target: s.Ports.FirstOrDefault(p => p.Name == port.Port.Name && p.Protocol == port.Port.Protocol)))).ToArray();
        var found = listed.Select(l => Judge(l.Slice, l.Endpoint, l.Target));
        var pods = listed.Select(l => l.Endpoint.Pod).ToHashSet();
        var service = scene.Snapshot.Services[port.Service];
        var left = scene.Snapshot.Pods.Values.Where(p => p.Namespace == service.Namespace && SelectorFault.Matches(service.Selector, p.Labels) && !pods.Contains(p.Key))
            .Select(p => new ConsideredEndpoint(p.Addresses.FirstOrDefault(a => a.AddressFamily == port.Family)?.ToString() ?? "no address", Place.Pod(p.Key), "", false,
                p.Finished ? $"the pod has ended: phase {p.Phase}" : p.Addresses.All(a => a.AddressFamily != port.Family) ? "the pod has no address of this family yet" : "in no EndpointSlice"));
        return [.. found.Concat(left).DistinctBy(e => (e.EndPoint, e.Object, e.Chosen)).OrderByDescending(e => e.Chosen).ThenBy(e => e.EndPoint, StringComparer.Ordinal)];

        ConsideredEndpoint Judge(EndpointSlice slice, Endpoint endpoint, EndpointPort? target)
        {
            var to = target is null ? $"{endpoint.Address}" : $"{new System.Net.IPEndPoint(endpoint.Address, target.Port)}";
            var taken = target is not null && chosen.Any(b => b.Address.Equals(endpoint.Address) && b.Port == target.Port);
            return new ConsideredEndpoint(to, endpoint.Pod.Length > 0 ? Place.Pod(endpoint.Pod) : $"endpointslice/{slice.Key}", slice.Key, taken, taken ? Taken(endpoint) : Left(endpoint, target));
        }

        string Taken(Endpoint endpoint) => endpoint switch
        {
            { Terminating: true } => "terminating, and no endpoint is left that is not",
            { NodeName: var at } when fate == Fate.Local && at == node => "ready, on this node",
            _ => "ready",
        };

        string Left(Endpoint endpoint, EndpointPort? target) => endpoint switch
        {
            _ when target is null => $"its slice has no port for {port.Name}: no container port has the name of the targetPort",
            { Terminating: true } => "terminating",
            { Ready: false } => "not ready",
            _ when EndpointChoice.IsRefused(endpoint.Address) => "a loopback, link-local, multicast or unspecified address",
            { NodeName: var at } when (fate is Fate.Local or Fate.Drop) && at != node => $"on {(at.Length > 0 ? Place.Node(at) : "an unknown node")}, and the traffic policy is Local",
            { NodeHints: { IsEmpty: false } nodes } when !nodes.Contains(node) => $"hinted for {string.Join(", ", nodes.Select(Place.Node))}",
            { ZoneHints: { IsEmpty: false } zones } => $"hinted for zone {string.Join(", ", zones)}",
            _ => "not chosen",
        };
    }
}
