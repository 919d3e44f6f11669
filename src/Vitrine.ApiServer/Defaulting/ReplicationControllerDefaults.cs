using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

internal static class ReplicationControllerDefaults
{
    /// <summary>The template's labels are also the selector and the controller's own labels, where those are missing.</summary>
    public static void Apply(JsonObject controller)
    {
        var spec = controller.Ensure("spec");
        if (spec.Object("template") is { } template)
        {
            PodTemplateDefaults.Apply(spec);
            if (template.Object("metadata").Object("labels") is { Count: > 0 } labels)
            {
                if (spec.Object("selector") is not { Count: > 0 })
                {
                    spec["selector"] = labels.DeepClone();
                }
                var metadata = controller.Ensure("metadata");
                if (metadata.Object("labels") is not { Count: > 0 })
                {
                    metadata["labels"] = labels.DeepClone();
                }
            }
        }
        spec.DefaultNumber("replicas", 1);
        controller.Ensure("status").DefaultNumber("replicas", 0);
    }
}
