using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Services;

/// <summary>Questions about a Service whose answer depends on its type. Source: pkg/registry/core/service (strategy.go, storage.go).</summary>
internal static class ServiceFields
{
    public const string None = "None";

    public static JsonObject Spec(JsonObject? service) => service.Object("spec") ?? [];

    public static string Type(JsonObject spec) => spec.Text("type") is { Length: > 0 } type ? type : "ClusterIP";

    public static bool NeedsClusterIP(JsonObject spec) => Type(spec) is "ClusterIP" or "NodePort" or "LoadBalancer";

    public static bool MayHaveNodePorts(JsonObject spec) => Type(spec) is "NodePort" or "LoadBalancer";

    public static bool WantsNodePorts(JsonObject spec) =>
        Type(spec) == "NodePort" || (Type(spec) == "LoadBalancer" && (!spec.Has("allocateLoadBalancerNodePorts") || spec.Flag("allocateLoadBalancerNodePorts")));

    public static bool NeedsHealthCheckNodePort(JsonObject spec) => Type(spec) == "LoadBalancer" && spec.Text("externalTrafficPolicy") == "Local";

    public static bool IsExternallyAccessible(JsonObject spec) =>
        MayHaveNodePorts(spec) || (Type(spec) == "ClusterIP" && spec.Array("externalIPs") is { Count: > 0 });

    public static bool IsHeadless(JsonObject spec) => NeedsClusterIP(spec) && ClusterIPs(spec) is [None, ..];

    public static bool HasSelector(JsonObject spec) => spec.Object("selector") is { Count: > 0 };

    /// <summary>spec.clusterIPs, or spec.clusterIP alone where only that is there.</summary>
    public static IReadOnlyList<string> ClusterIPs(JsonObject spec) => Texts(spec, "clusterIPs") is { Count: > 0 } many ? many
        : spec.Text("clusterIP") is { Length: > 0 } one ? [one] : [];

    public static IReadOnlyList<string> Texts(JsonObject spec, string field) => [.. (spec.Array(field) ?? []).Select(static value => value.AsText() ?? "")];

    public static void SetClusterIPs(JsonObject spec, IReadOnlyList<string> addresses)
    {
        if (addresses.Count == 0)
        {
            spec.Remove("clusterIP");
            spec.Remove("clusterIPs");
            return;
        }
        spec["clusterIP"] = addresses[0];
        spec["clusterIPs"] = Array(addresses);
    }

    public static JsonArray Array(IEnumerable<string> texts) => new([.. texts.Select(static text => (JsonNode)text)]);

    public static bool Same(JsonObject a, JsonObject b, string field) => JsonNode.DeepEquals(a[field], b[field]);
}
