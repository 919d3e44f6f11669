using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Selectors;

namespace Vitrine.ApiServer.Validation;

/// <summary>Source: ValidateDaemonSet of pkg/apis/apps/validation.</summary>
internal static class DaemonSetRules
{
    public static void Check(JsonObject set, JsonObject? old, List<FieldCause> causes)
    {
        var spec = set.Object("spec") ?? [];
        var selector = spec.Object("selector");
        SelectorRules.Check(selector, "spec.selector", causes);
        TemplateRules.Matches(spec, SelectorObject.Read(selector), causes);
        if (selector is not null && selector.Object("matchLabels") is not { Count: > 0 } && selector.Array("matchExpressions") is not { Count: > 0 })
        {
            causes.Add(Cause.Invalid("spec.selector", selector, "empty selector is invalid for daemonset"));
        }
        TemplateRules.Restarted(spec, "DaemonSet", causes);
        causes.AtLeastZero(spec, "spec", "minReadySeconds");
        causes.AtLeastZero(spec, "spec", "revisionHistoryLimit");
        Strategy(spec.Object("updateStrategy") ?? [], causes);
        TemplateRules.SelectorStays(spec, old, causes);
        foreach (var count in (ReadOnlySpan<string>)["currentNumberScheduled", "desiredNumberScheduled", "numberMisscheduled", "numberReady", "numberAvailable", "numberUnavailable", "updatedNumberScheduled", "observedGeneration"])
        {
            causes.AtLeastZero(set.Object("status"), "status", count);
        }
    }

    private static void Strategy(JsonObject strategy, List<FieldCause> causes)
    {
        const string path = "spec.updateStrategy.rollingUpdate";
        if (strategy.Text("type") is var type and not "RollingUpdate")
        {
            if (type != "OnDelete")
            {
                causes.Add(Cause.NotSupported("spec.updateStrategy.type", type, "OnDelete", "RollingUpdate"));
            }
            return;
        }
        var rolling = strategy.Object("rollingUpdate");
        PercentRules.Check(rolling, path, "maxUnavailable", cap: true, causes);
        PercentRules.Check(rolling, path, "maxSurge", cap: true, causes);
        switch (PercentRules.Number(rolling?["maxUnavailable"]) != 0, PercentRules.Number(rolling?["maxSurge"]) != 0)
        {
            case (true, true):
                causes.Add(Cause.Invalid($"{path}.maxSurge", rolling?["maxSurge"], "may not be set when maxUnavailable is non-zero"));
                break;
            case (false, false):
                causes.Add(Cause.Required($"{path}.maxUnavailable", "cannot be 0 when maxSurge is 0"));
                break;
        }
    }
}
