using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

/// <summary>Quality of service of a pod, which decides what the kernel kills first.</summary>
internal static class QosClass
{
    public static string Of(JsonObject spec)
    {
        var (guaranteed, any) = (true, false);
        foreach (var container in spec.Objects("initContainers").Concat(spec.Objects("containers")))
        {
            var (requests, limits) = (container.Object("resources").Object("requests"), container.Object("resources").Object("limits"));
            foreach (var resource in (ReadOnlySpan<string>)["cpu", "memory"])
            {
                var (request, limit) = (Amount(requests, resource), Amount(limits, resource));
                any |= !request.IsZero || !limit.IsZero;
                guaranteed &= !limit.IsZero && request.CompareTo(limit) == 0;
            }
        }
        return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
    }

    private static Quantity Amount(JsonObject? resources, string name) =>
        Quantity.TryParse(resources.Text(name), out var amount) ? amount : default;
}
