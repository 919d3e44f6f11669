using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

internal static class NodeDefaults
{
    /// <summary>Allocatable is capacity until the node says otherwise; podCIDR and podCIDRs say the same.</summary>
    public static void Apply(JsonObject node)
    {
        var spec = node.Ensure("spec");
        if (spec.Text("podCIDR") is { Length: > 0 } first && spec.Array("podCIDRs") is not { Count: > 0 })
        {
            spec["podCIDRs"] = new JsonArray(first);
        }
        else if (spec.Array("podCIDRs") is { Count: > 0 } ranges && ranges[0].AsText() is { } range)
        {
            spec.DefaultText("podCIDR", range);
        }
        if (spec.Array("taints") is { Count: 0 })
        {
            // omitempty: the last taint that goes takes the list along.
            spec.Remove("taints");
        }
        var status = node.Ensure("status");
        if (status.Object("allocatable") is null && status.Object("capacity") is { } capacity)
        {
            status["allocatable"] = capacity.DeepClone();
        }
    }
}
