using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>Source: ValidateReplicaSet of pkg/apis/apps/validation.</summary>
internal static class ReplicaSetRules
{
    public static void Check(JsonObject set, JsonObject? old, List<FieldCause> causes)
    {
        var spec = set.Object("spec") ?? [];
        causes.AtLeastZero(spec, "spec", "replicas");
        causes.AtLeastZero(spec, "spec", "minReadySeconds");
        TemplateRules.Check(spec, "ReplicaSet", "deployment", causes);
        TemplateRules.SelectorStays(spec, old, causes);
        Status(set.Object("status"), causes);
    }

    /// <summary>Counts that fit together; a ReplicationController has the same.</summary>
    public static void Status(JsonObject? status, List<FieldCause> causes)
    {
        var all = status.Number("replicas") ?? 0;
        foreach (var count in (ReadOnlySpan<string>)["replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas", "observedGeneration"])
        {
            causes.AtLeastZero(status, "status", count);
            if (count is not ("replicas" or "observedGeneration") && status.Number(count) is { } some && some > all)
            {
                causes.Add(Cause.Invalid($"status.{count}", some, "cannot be greater than status.replicas"));
            }
        }
        if (status.Number("availableReplicas") is { } available && available > (status.Number("readyReplicas") ?? 0))
        {
            causes.Add(Cause.Invalid("status.availableReplicas", available, "cannot be greater than readyReplicas"));
        }
    }
}
