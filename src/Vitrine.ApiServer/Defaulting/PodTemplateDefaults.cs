using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

/// <summary>Defaults of the pod template of a workload: those of a pod's spec, without what only a real pod gets.</summary>
internal static class PodTemplateDefaults
{
    public static void Apply(JsonObject workloadSpec)
    {
        var template = workloadSpec.Ensure("template");
        template.Ensure("metadata");
        PodDefaults.Spec(template.Ensure("spec"));
    }
}
