using System.Text.Json.Nodes;
using Vitrine.ApiServer.Defaulting;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>A pod, and what of it may change. Source: ValidatePod and ValidatePodUpdate of pkg/apis/core/validation.</summary>
internal static class PodRules
{
    private const string OnlyTheseChange =
        "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
        + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
        + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    public static void Check(JsonObject pod, JsonObject? old, List<FieldCause> causes)
    {
        var spec = pod.Object("spec") ?? [];
        PodSpecRules.Check(spec, "spec", causes);
        EphemeralContainerRules.Change(spec, old.Object("spec"), pod.Object("metadata").Object("annotations").Has(PodDefaults.MirrorAnnotation), causes);
        if (old.Object("spec") is { } before)
        {
            Deadline(spec, before, causes);
            Tolerations(spec, before, causes);
            Rest(spec, before, causes);
        }
    }

    private static void Deadline(JsonObject spec, JsonObject before, List<FieldCause> causes)
    {
        const string path = "spec.activeDeadlineSeconds";
        if (before.Number("activeDeadlineSeconds") is not { } earlier)
        {
            return;
        }
        if (spec.Number("activeDeadlineSeconds") is not { } now)
        {
            causes.Add(Cause.Invalid(path, (JsonNode?)null, "must not update from a positive integer to nil value"));
        }
        else if (now > earlier)
        {
            causes.Add(Cause.Invalid(path, now, "must be less than or equal to previous value"));
        }
    }

    private static void Tolerations(JsonObject spec, JsonObject before, List<FieldCause> causes)
    {
        var kept = spec.Objects("tolerations").Select(Untimed).ToArray();
        if (before.Objects("tolerations").Any(t => !kept.Any(k => JsonNode.DeepEquals(k, Untimed(t)))))
        {
            causes.Add(Cause.Forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds"));
        }
    }

    private static JsonObject Untimed(JsonObject toleration)
    {
        var copy = toleration.DeepClone().AsObject();
        copy.Remove("tolerationSeconds");
        return copy;
    }

    private static void Rest(JsonObject spec, JsonObject before, List<FieldCause> causes)
    {
        var (now, then) = (Comparable(spec), Comparable(before));
        if (JsonNode.DeepEquals(now, then))
        {
            return;
        }
        var changed = now.Select(p => p.Key).Union(then.Select(p => p.Key))
            .Where(field => !JsonNode.DeepEquals(now[field], then[field]))
            .Order(StringComparer.Ordinal)
            .Select(field => "spec." + field);
        causes.Add(Cause.Forbidden("spec", $"{OnlyTheseChange}\nchanged: {string.Join(", ", changed)}\n"));
    }

    /// <summary>The spec without what may change.</summary>
    private static JsonObject Comparable(JsonObject spec)
    {
        var copy = spec.DeepClone().AsObject();
        copy.Remove("activeDeadlineSeconds");
        copy.Remove("tolerations");
        copy.Remove("schedulingGates");
        copy.Remove("ephemeralContainers");
        if (copy.Number("terminationGracePeriodSeconds") is < 0 or 1)
        {
            copy.Remove("terminationGracePeriodSeconds");
        }
        foreach (var container in copy.Objects("containers").Concat(copy.Objects("initContainers")))
        {
            container.Remove("image");
        }
        return copy;
    }
}
