using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>Guaranteed, Burstable or BestEffort, by requests and limits of cpu and memory.</summary>
internal static class QosClass
{
    private static readonly string[] Counted = ["cpu", "memory"];

    public static string Of(V1Pod pod)
    {
        var any = false;
        var guaranteed = true;
        foreach (var container in PodContainers.Lasting(pod))
        {
            foreach (var resource in Counted)
            {
                var limit = Quantity(container.Resources?.Limits, resource);
                var request = Quantity(container.Resources?.Requests, resource) ?? limit;
                any |= limit > 0 || request > 0;
                guaranteed &= limit is > 0 && limit == request;
            }
        }

        return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
    }

    internal static decimal? Quantity(IDictionary<string, ResourceQuantity>? list, string resource) =>
        list is not null && list.TryGetValue(resource, out var quantity) ? quantity.ToDecimal() : null;
}
