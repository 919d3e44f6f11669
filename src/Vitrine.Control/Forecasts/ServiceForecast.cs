using System.Net;
using k8s.Models;
using Vitrine.Control.Endpoints;
using Vitrine.Control.Services;
using Vitrine.Model.Plans;

namespace Vitrine.Control.Forecasts;

/// <summary>What is behind Services, as the controllers' plans have it.</summary>
public static class ServiceForecast
{
    /// <summary>EndpointSlices of a Service, without names yet.</summary>
    /// <param name="service">as the API has it</param>
    /// <param name="pods">all, with their addresses and readiness</param>
    /// <param name="nodes">all</param>
    /// <param name="endpoints">those of the Service's name that somebody wrote, or null</param>
    public static IReadOnlyList<V1EndpointSlice> Slices(V1Service service, IEnumerable<V1Pod> pods, IEnumerable<V1Node> nodes, V1Endpoints? endpoints)
    {
        if (service.Spec is { Selector.Count: > 0, Type: not "ExternalName" })
        {
            var selected = pods.Where(p => p.Metadata.NamespaceProperty == service.Metadata.NamespaceProperty && service.Spec.Selector.All(s => p.Metadata.Labels?.TryGetValue(s.Key, out var value) == true && value == s.Value));
            return SlicePlan.Compile(service, [.. selected.Select(EndpointPod.Read)], nodes.Select(EndpointNode.Read).ToDictionary(n => n.Name), []).Create;
        }

        return MirrorPlan.Applies(service, endpoints) ? MirrorPlan.Compile(endpoints!, []).Create : [];
    }

    /// <summary>The addresses of a LoadBalancer Service; none, and why, where it gets none. Null for a Service of another kind or of another's class.</summary>
    /// <param name="service">as the API has it</param>
    /// <param name="pools">of the cluster</param>
    /// <param name="taken">addresses that are somebody's, with whose</param>
    public static (IReadOnlyList<IPAddress> Addresses, string? Pending)? Balance(V1Service service, IReadOnlyCollection<AddressPool> pools, IReadOnlyDictionary<IPAddress, string> taken) =>
        BalancerWish.IsOurs(service) && BalancerPlan.Compile(service, pools, taken) is var plan ? (plan.Addresses, plan.Pending) : null;

    /// <summary>The Service by which pods find the API server, and its slice.</summary>
    public static (V1Service Service, V1EndpointSlice Slice) Api(IReadOnlyList<IPEndPoint> listen, IPAddress clusterIP)
    {
        var own = new ApiService(listen, clusterIP);
        return (own.Service(), own.Slice());
    }

    /// <summary>The Service that has the addresses of the cluster's DNS.</summary>
    public static V1Service Dns(IReadOnlyList<IPAddress> addresses) => DnsServiceController.Service(addresses);
}
