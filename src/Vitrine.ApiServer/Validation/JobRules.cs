using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Defaulting;
using Vitrine.ApiServer.Selectors;

namespace Vitrine.ApiServer.Validation;

/// <summary>Source: ValidateJob of pkg/apis/batch/validation.</summary>
internal static class JobRules
{
    private const int MaxIndexedParallelism = 100_000;

    public static void Check(JsonObject job, JsonObject? old, List<FieldCause> causes)
    {
        var spec = job.Object("spec") ?? [];
        if (!spec.Flag("manualSelector"))
        {
            Generated(job, spec, causes);
        }
        var selector = spec.Object("selector");
        if (selector is null)
        {
            causes.Add(Cause.Required("spec.selector"));
        }
        else
        {
            SelectorRules.Check(selector, "spec.selector", causes);
            TemplateRules.Matches(spec, SelectorObject.Read(selector), causes);
        }
        Spec(spec, "spec", causes);
        if (old.Object("spec") is { } before)
        {
            JobUpdateRules.Check(spec, before, old.Object("status"), causes);
        }
    }

    /// <summary>Also for the Jobs a CronJob makes.</summary>
    public static void Spec(JsonObject spec, string path, List<FieldCause> causes)
    {
        foreach (var count in (ReadOnlySpan<string>)["parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished", "backoffLimitPerIndex", "maxFailedIndexes"])
        {
            causes.AtLeastZero(spec, path, count);
        }
        causes.OneOf(spec, path, "completionMode", "Indexed", "NonIndexed");
        causes.OneOf(spec, path, "podReplacementPolicy", "Failed", "TerminatingOrFailed");
        if (spec.Text("completionMode") == "Indexed")
        {
            Indexed(spec, path, causes);
        }
        else
        {
            foreach (var field in (ReadOnlySpan<string>)["backoffLimitPerIndex", "maxFailedIndexes", "successPolicy"])
            {
                if (spec[field] is { } value)
                {
                    causes.Add(Cause.Invalid($"{path}.{field}", value, "requires indexed completion mode"));
                }
            }
        }
        if (spec.Has("maxFailedIndexes") && !spec.Has("backoffLimitPerIndex"))
        {
            causes.Add(Cause.Required($"{path}.backoffLimitPerIndex", "when maxFailedIndexes is specified"));
        }
        TemplateRules.Template(spec.Object("template"), $"{path}.template", causes);
        var pod = spec.Object("template").Object("spec");
        if (pod.Text("restartPolicy") is not ("OnFailure" or "Never"))
        {
            causes.Add(Cause.Required($"{path}.template.spec.restartPolicy", "valid values: \"OnFailure\", \"Never\""));
        }
        if (spec.Object("podFailurePolicy") is { } policy)
        {
            PodFailurePolicyRules.Check(policy, pod, $"{path}.podFailurePolicy", causes);
        }
    }

    private static void Indexed(JsonObject spec, string path, List<FieldCause> causes)
    {
        if (!spec.Has("completions"))
        {
            causes.Add(Cause.Required($"{path}.completions", "when completion mode is Indexed"));
        }
        if (spec.Number("parallelism") is > MaxIndexedParallelism and { } many)
        {
            causes.Add(Cause.Invalid($"{path}.parallelism", many, $"must be less than or equal to {MaxIndexedParallelism} when completion mode is Indexed"));
        }
    }

    /// <summary>A selector made by the server needs the labels that go with it.</summary>
    private static void Generated(JsonObject job, JsonObject spec, List<FieldCause> causes)
    {
        var wanted = JobSelector.Labels(job.TextAt("metadata.name"), job.TextAt("metadata.uid"));
        var labels = spec.Object("template").Object("metadata").Object("labels");
        foreach (var (label, value) in wanted)
        {
            if (labels is null || !labels.ContainsKey(label))
            {
                causes.Add(Cause.Required("spec.template.metadata.labels", $"must be '{value}'"));
            }
            else if (labels.Text(label) != value)
            {
                causes.Add(Cause.Invalid("spec.template.metadata.labels", labels.Text(label), $"must be '{value}'"));
            }
        }
        var expected = new JsonObject([.. wanted.Select(pair => KeyValuePair.Create(pair.Label, (JsonNode?)pair.Value))]);
        if (spec.Object("selector") is { } selector && !SelectorObject.Read(selector).Selects(expected))
        {
            causes.Add(Cause.Invalid("spec.selector", selector, "`selector` not auto-generated"));
        }
    }
}
