using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Selectors;

namespace Vitrine.ApiServer.Validation;

/// <summary>Source: ValidateReplicationController of pkg/apis/core/validation.</summary>
internal static class ReplicationControllerRules
{
    public static void Check(JsonObject controller, JsonObject? old, List<FieldCause> causes)
    {
        var spec = controller.Object("spec") ?? [];
        causes.AtLeastZero(spec, "spec", "minReadySeconds");
        causes.AtLeastZero(spec, "spec", "replicas");
        var selector = spec.Object("selector");
        if (selector is not { Count: > 0 })
        {
            causes.Add(Cause.Required("spec.selector"));
        }
        if (spec.Object("template") is null)
        {
            causes.Add(Cause.Required("spec.template"));
        }
        else
        {
            TemplateRules.Matches(spec, SelectorObject.OfLabels(selector), causes);
            TemplateRules.Restarted(spec, "ReplicationController", causes);
        }
        ReplicaSetRules.Status(controller.Object("status"), causes);
    }
}
