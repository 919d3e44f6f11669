using k8s.Models;
using Vitrine.Model;

namespace Vitrine.Agent.Pods;

/// <summary>Guaranteed, Burstable or BestEffort, by requests and limits of cpu and memory.</summary>
internal static class QosClass
{
    private static readonly string[] Counted = ["cpu", "memory"];

    public static string Of(V1Pod pod) => QualityOfService.Of(Parts(pod).SelectMany(r => Counted.Select(name => Bounds(r, name))));

    internal static decimal? Quantity(IDictionary<string, ResourceQuantity>? list, string resource) =>
        list is not null && list.TryGetValue(resource, out var quantity) ? quantity.ToDecimal() : null;

    private static IEnumerable<V1ResourceRequirements?> Parts(V1Pod pod) =>
        pod.Spec.Resources is { } own && (own.Requests is { Count: > 0 } || own.Limits is { Count: > 0 }) ? [own] : PodContainers.Lasting(pod).Select(c => c.Resources);

    // A limit without a request is also the request.
    private static QualityOfService.Bounds Bounds(V1ResourceRequirements? resources, string name) =>
        Quantity(resources?.Limits, name) is var limit ? new(Quantity(resources?.Requests, name) ?? limit ?? 0, limit ?? 0) : default;
}
