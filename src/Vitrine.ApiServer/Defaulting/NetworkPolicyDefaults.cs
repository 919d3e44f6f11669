using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

/// <summary>Source: pkg/apis/networking/v1/defaults.go.</summary>
internal static class NetworkPolicyDefaults
{
    public static void Apply(JsonObject policy)
    {
        var spec = policy.Ensure("spec");
        // The field has no omitempty, so that one is always there; an empty one selects every pod of the namespace.
        spec.Ensure("podSelector");
        if (spec.Array("policyTypes") is not { Count: > 0 })
        {
            spec["policyTypes"] = spec.Array("egress") is { Count: > 0 } ? new JsonArray("Ingress", "Egress") : new JsonArray("Ingress");
        }
        foreach (var port in spec.Objects("ingress").Concat(spec.Objects("egress")).SelectMany(static rule => rule.Objects("ports")))
        {
            port.DefaultText("protocol", "TCP");
        }
    }
}
