using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using Vitrine.Model;

namespace Vitrine.ApiServer.Defaulting;

/// <summary>Quality of service of a pod as it is written.</summary>
internal static class QosClass
{
    private static readonly string[] Counted = ["cpu", "memory"];

    public static string Of(JsonObject spec) => QualityOfService.Of(Parts(spec).SelectMany(r => Counted.Select(name => new QualityOfService.Bounds(Amount(r.Object("requests"), name), Amount(r.Object("limits"), name)))));

    private static IEnumerable<JsonObject?> Parts(JsonObject spec) =>
        spec.Object("resources") is { Count: > 0 } own ? [own] : spec.Objects("initContainers").Concat(spec.Objects("containers")).Select(c => c.Object("resources"));

    private static decimal Amount(JsonObject? resources, string name) => Vitrine.Model.Quantity.TryParse(resources.Text(name), out var amount) ? amount.Milli : 0;
}
