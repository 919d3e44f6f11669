using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>Source: ValidateDeployment of pkg/apis/apps/validation.</summary>
internal static class DeploymentRules
{
    public static void Check(JsonObject deployment, JsonObject? old, List<FieldCause> causes)
    {
        var spec = deployment.Object("spec") ?? [];
        causes.AtLeastZero(spec, "spec", "replicas");
        TemplateRules.Check(spec, "ReplicaSet", "deployment", causes);
        Strategy(spec.Object("strategy") ?? [], causes);
        causes.AtLeastZero(spec, "spec", "minReadySeconds");
        causes.AtLeastZero(spec, "spec", "revisionHistoryLimit");
        causes.AtLeastZero(spec, "spec", "progressDeadlineSeconds");
        if (spec.Number("progressDeadlineSeconds") is { } deadline && deadline <= (spec.Number("minReadySeconds") ?? 0))
        {
            causes.Add(Cause.Invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds"));
        }
        TemplateRules.SelectorStays(spec, old, causes);
        foreach (var count in (ReadOnlySpan<string>)["replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "unavailableReplicas", "observedGeneration"])
        {
            causes.AtLeastZero(deployment.Object("status"), "status", count);
        }
    }

    private static void Strategy(JsonObject strategy, List<FieldCause> causes)
    {
        const string path = "spec.strategy.rollingUpdate";
        var rolling = strategy.Object("rollingUpdate");
        switch (strategy.Text("type"))
        {
            case "Recreate":
                if (rolling is not null)
                {
                    causes.Add(Cause.Forbidden(path, "may not be specified when strategy `type` is 'Recreate'"));
                }
                break;
            case "RollingUpdate":
                PercentRules.Check(rolling, path, "maxUnavailable", cap: true, causes);
                PercentRules.Check(rolling, path, "maxSurge", cap: false, causes);
                if (PercentRules.Number(rolling?["maxUnavailable"]) == 0 && PercentRules.Number(rolling?["maxSurge"]) == 0)
                {
                    causes.Add(Cause.Invalid($"{path}.maxUnavailable", rolling?["maxUnavailable"], "may not be 0 when `maxSurge` is 0"));
                }
                break;
            case var other:
                causes.Add(Cause.NotSupported("spec.strategy.type", other, "Recreate", "RollingUpdate"));
                break;
        }
    }
}
