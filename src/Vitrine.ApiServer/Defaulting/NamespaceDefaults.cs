using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

internal static class NamespaceDefaults
{
    /// <summary>The label by which NetworkPolicies select a namespace by name, the finalizer that empties it, and its phase.</summary>
    public static void Apply(JsonObject ns)
    {
        var name = ns.TextAt("metadata.name");
        if (name.Length > 0)
        {
            ns.Ensure("metadata").Ensure("labels")["kubernetes.io/metadata.name"] = name;
        }
        var spec = ns.Ensure("spec");
        // Only a namespace that lives gets its finalizer: taking it away is how a terminating one ends.
        if (spec.Array("finalizers") is null && !ns["metadata"].Has("deletionTimestamp"))
        {
            spec["finalizers"] = new JsonArray("kubernetes");
        }
        ns.Ensure("status").DefaultText("phase", "Active");
    }
}
