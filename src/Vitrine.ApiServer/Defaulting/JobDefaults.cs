using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

internal static class JobDefaults
{
    public static void Apply(JsonObject job)
    {
        var spec = job.Ensure("spec");
        PodTemplateDefaults.Apply(spec);
        if (!spec.Has("parallelism") && !spec.Has("completions"))
        {
            spec.DefaultNumber("completions", 1);
        }
        spec.DefaultNumber("parallelism", 1);
        spec.DefaultNumber("backoffLimit", spec.Has("backoffLimitPerIndex") ? int.MaxValue : 6);
        spec.DefaultText("completionMode", "NonIndexed");
        spec["suspend"] ??= false;
        spec["manualSelector"] ??= false;
        spec.DefaultText("podReplacementPolicy", spec.Has("podFailurePolicy") ? "Failed" : "TerminatingOrFailed");
        foreach (var rule in spec.Object("podFailurePolicy").Objects("rules"))
        {
            foreach (var condition in rule.Objects("onPodConditions"))
            {
                condition.DefaultText("status", "True");
            }
        }
        if (spec.Object("template").Object("metadata").Object("labels") is { Count: > 0 } labels
            && job.Object("metadata").Object("labels") is not { Count: > 0 })
        {
            job.Ensure("metadata")["labels"] = labels.DeepClone();
        }
        job.Ensure("status");
    }
}
