using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>What of a Job may change. Source: ValidateJobSpecUpdate of pkg/apis/batch/validation.</summary>
internal static class JobUpdateRules
{
    private static readonly string[] Fixed = ["selector", "completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"];

    /// <summary>Of the template these may be set until a suspended Job has started (KEP-2926).</summary>
    private static readonly string[] Scheduling = ["nodeSelector", "tolerations", "schedulingGates"];

    public static void Check(JsonObject spec, JsonObject before, JsonObject? statusBefore, List<FieldCause> causes)
    {
        Completions(spec, before, causes);
        foreach (var field in Fixed)
        {
            causes.Unchanged(spec, before, "spec", field);
        }
        var waits = before.Flag("suspend") && !statusBefore.Has("startTime");
        if (!JsonNode.DeepEquals(waits ? Unscheduled(spec) : spec["template"], waits ? Unscheduled(before) : before["template"]))
        {
            causes.Add(Cause.Invalid("spec.template", spec["template"], Cause.Immutable));
        }
    }

    /// <summary>An indexed Job may grow and shrink, as long as all its indexes run at once (KEP-3715).</summary>
    private static void Completions(JsonObject spec, JsonObject before, List<FieldCause> causes)
    {
        if (spec.Text("completionMode") != "Indexed" || !spec.Has("completions"))
        {
            causes.Unchanged(spec, before, "spec", "completions");
        }
        else if (spec.Number("completions") is { } now && now != before.Number("completions") && now != spec.Number("parallelism"))
        {
            causes.Add(Cause.Invalid("spec.completions", now, "can only be modified in tandem with spec.parallelism"));
        }
    }

    private static JsonNode? Unscheduled(JsonObject spec)
    {
        var template = spec["template"]?.DeepClone();
        template.Object("metadata")?.Remove("labels");
        template.Object("metadata")?.Remove("annotations");
        foreach (var field in Scheduling)
        {
            template.Object("spec")?.Remove(field);
        }
        template.Object("spec").Object("affinity")?.Remove("nodeAffinity");
        return template;
    }
}
