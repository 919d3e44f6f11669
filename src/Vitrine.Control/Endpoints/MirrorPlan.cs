using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Endpoints;

/// <summary>EndpointSlices of Endpoints that somebody wrote by hand for a Service without a selector. Source: pkg/controller/endpointslicemirroring.</summary>
internal static class MirrorPlan
{
    private const int MostPerSubset = 1000;

    /// <summary>Whether there is something to mirror: a Service without selector, and Endpoints that are not somebody's lock or otherwise taken care of.</summary>
    public static bool Applies(V1Service? service, V1Endpoints? endpoints) =>
        service is { Spec: { Selector: null or { Count: 0 }, Type: not "ExternalName" } } && endpoints is not null
        && PodFacts.Label(endpoints.Metadata, EndpointLabels.SkipMirror) != "true" && endpoints.Metadata.Annotations?.ContainsKey(EndpointLabels.Leader) != true;

    public static SliceChanges Compile(V1Endpoints endpoints, IReadOnlyCollection<V1EndpointSlice> existing)
    {
        var (create, update, delete) = (new List<V1EndpointSlice>(), new List<V1EndpointSlice>(), new List<V1EndpointSlice>());
        foreach (var family in (string[])["IPv4", "IPv6"])
        {
            var there = existing.Where(s => s.AddressType == family).ToArray();
            var desired = (endpoints.Subsets ?? []).Select(s => (Ports(s), Endpoints(s, family))).Where(d => d.Item2.Count > 0)
                .GroupBy(d => SliceContent.PortKey(d.Item1)).Select(g => ((IList<Discoveryv1EndpointPort>)g.First().Item1, g.SelectMany(d => d.Item2).DistinctBy(SliceContent.Identity).ToList())).ToArray();
            if (desired.Length == 0)
            {
                delete.AddRange(there);
                continue;
            }

            var changes = SlicePacking.Plan(there, desired, () => New(endpoints, family));
            create.AddRange(changes.Create);
            update.AddRange(changes.Update);
            delete.AddRange(changes.Delete);
        }

        return new SliceChanges(create, update, delete);
    }

    private static List<Discoveryv1EndpointPort> Ports(V1EndpointSubset subset) =>
        [.. (subset.Ports ?? []).Select(p => new Discoveryv1EndpointPort { Name = p.Name ?? "", Port = p.Port, Protocol = p.Protocol ?? "TCP", AppProtocol = p.AppProtocol })];

    private static List<V1Endpoint> Endpoints(V1EndpointSubset subset, string family) =>
        [.. (subset.Addresses ?? []).Select(a => (a, true)).Concat((subset.NotReadyAddresses ?? []).Select(a => (a, false))).Take(MostPerSubset)
            .Where(a => EndpointPod.FamilyOf(a.a.Ip) == family)
            .Select(a => new V1Endpoint
            {
                Addresses = [a.a.Ip],
                Conditions = new V1EndpointConditions { Ready = a.Item2 },
                Hostname = a.a.Hostname,
                NodeName = a.a.NodeName,
                TargetRef = a.a.TargetRef,
            })];

    private static V1EndpointSlice New(V1Endpoints endpoints, string family)
    {
        var labels = (endpoints.Metadata.Labels ?? new Dictionary<string, string>()).Where(l => !EndpointLabels.Reserved.Contains(l.Key)).ToDictionary();
        labels[EndpointLabels.ServiceName] = endpoints.Metadata.Name;
        labels[EndpointLabels.ManagedBy] = EndpointLabels.MirrorController;
        var annotations = (endpoints.Metadata.Annotations ?? new Dictionary<string, string>()).Where(a => a.Key != EndpointLabels.LastApplied).ToDictionary();
        return new V1EndpointSlice
        {
            ApiVersion = "discovery.k8s.io/v1",
            Kind = "EndpointSlice",
            Metadata = new V1ObjectMeta
            {
                GenerateName = endpoints.Metadata.Name + "-",
                NamespaceProperty = endpoints.Metadata.NamespaceProperty,
                Labels = labels,
                Annotations = annotations.Count == 0 ? null : annotations,
                OwnerReferences = [Owners.Reference(Resource.Endpoints, endpoints.Metadata)],
            },
            AddressType = family,
        };
    }
}
