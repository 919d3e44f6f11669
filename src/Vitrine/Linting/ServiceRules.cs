using System.Collections.Immutable;
using Vitrine.Manifests;
using Vitrine.Model.Explain;
using Vitrine.Model.Explain.Services;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;

namespace Vitrine.Linting;

/// <summary>Services that lead nowhere: by the very code that explains why a connection to them is refused.</summary>
internal static class ServiceRules
{
    public static IEnumerable<LintFinding> Check(DraftedCluster cluster)
    {
        var scene = new Scene(cluster.Snapshot, ImmutableDictionary<string, RoutePlan>.Empty, cluster.Observations);
        foreach (var about in cluster.Objects.Where(o => o.Draft is { Group: "", Kind: "Service", Stored: true }))
        {
            var service = cluster.Snapshot.Services[$"{about.Namespace}/{about.Name}"];
            if (service.Type == ServiceType.ExternalName)
                continue;
            if (cluster.Pending.TryGetValue(service.Key, out var why))
                yield return LintFinding.Of(about, LintFinding.Warning, "no-address", "spec.type", $"{about.Key} gets no address of the default pool: {why}", "correct what it asks for");
            foreach (var finding in service.Selector.IsEmpty ? Unselecting(cluster, about, service) : Selecting(cluster, scene, about, service))
                yield return finding;
        }
    }

    private static IEnumerable<LintFinding> Unselecting(DraftedCluster cluster, FileObject about, Service service)
    {
        if (!service.Headless && cluster.Snapshot.SlicesOf(service.Key).Values.All(s => s.Endpoints.IsEmpty))
            yield return LintFinding.Of(about, LintFinding.Warning, "no-endpoints", "spec.selector", $"{about.Key} has no selector, and no Endpoints or EndpointSlice of the files is for it; one may exist in the cluster", "give it a selector, or write its EndpointSlice");
    }

    private static IEnumerable<LintFinding> Selecting(DraftedCluster cluster, Scene scene, FileObject about, Service service)
    {
        DraftedPod[] pods = [.. cluster.Pods.Where(p => p.Pod.Metadata.NamespaceProperty == service.Namespace && service.Selector.All(s => p.Pod.Metadata.Labels?.TryGetValue(s.Key, out var value) == true && value == s.Value))];
        if (pods.Length == 0)
        {
            // Pods that only an invalid object would make are that object's matter.
            if (cluster.Objects.Any(o => o.Namespace == service.Namespace && !o.Draft.Stored && PodTemplate.PathOf(o) is not null))
                yield break;
            var leg = EndpointFault.Of(scene, service, service.Ports.FirstOrDefault() ?? new ServicePort("", "TCP", 0, "0", 0, ""));
            var mayBe = !cluster.Workloads.Any(w => w.Namespace == service.Namespace) && !cluster.Pods.Any(p => p.Pod.Metadata.NamespaceProperty == service.Namespace);
            var idle = leg.Culprit != about.Key;
            yield return LintFinding.Of(about, mayBe || idle ? LintFinding.Warning : LintFinding.Error, "selects-nothing", "spec.selector", $"{leg.Why}{(mayBe ? "; the files have no pods there, but the cluster may" : "")}", leg.Fix!);
            yield break;
        }
        foreach (var (index, port) in service.Ports.Index())
            if (Port(scene, about, service, index, port, pods) is { } finding)
                yield return finding;
        if (pods.All(p => p.Trouble is not null) && !service.PublishNotReadyAddresses)
            yield return LintFinding.Of(about, pods.All(p => p.Pod.Spec.NodeName is { Length: > 0 }) ? LintFinding.Error : LintFinding.Warning, "none-ready", "spec.selector",
                $"none of the {pods.Length} pods of {about.Key} can become ready: {pods[0].Source.Key}: {pods[0].Trouble}", $"mend {pods[0].Source.Key}");
    }

    private static LintFinding? Port(Scene scene, FileObject about, Service service, int index, ServicePort port, DraftedPod[] pods)
    {
        var declared = pods.SelectMany(p => scene.Snapshot.Pods[p.Key].Ports).Where(p => p.Protocol == port.Protocol).ToArray();
        var field = $"spec.ports[{index}].targetPort";
        if (int.TryParse(port.TargetPort, out var number))
            return declared.Length == 0 || declared.Any(d => d.Port == number) ? null : LintFinding.Of(about, LintFinding.Warning, "target-port-undeclared", field,
                $"{field} of {about.Key} is {number}, and no container of its pods declares {port.Protocol} port {number}; they declare {Listed(declared)}. Something may listen there all the same", $"set {field} to {declared[0].Port}, or declare containerPort {number}");
        // A named port that only pods which can never be ready lack is the others' matter.
        return declared.Any(d => d.Name == port.TargetPort) ? null : EndpointFault.Of(scene, service, port) is var leg && leg.Why.Contains(port.TargetPort, StringComparison.Ordinal)
            ? LintFinding.Of(about, LintFinding.Error, "target-port-unknown", field, leg.Why, leg.Fix!) : null;
    }

    private static string Listed(IEnumerable<PodPort> ports) => string.Join(", ", ports.Select(p => p.Name.Length > 0 ? $"{p.Port} ({p.Name})" : $"{p.Port}").Distinct());
}
