using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>Source: ValidateCronJobCreate of pkg/apis/batch/validation.</summary>
internal static class CronJobRules
{
    /// <summary>A Job's name is the CronJob's, a dash and ten digits, and must still be a label.</summary>
    private const int MaxName = 52;

    public static void Check(JsonObject cron, JsonObject? old, List<FieldCause> causes)
    {
        var spec = cron.Object("spec") ?? [];
        if (cron.TextAt("metadata.name") is { Length: > MaxName } name && old is null)
        {
            causes.Add(Cause.Invalid("metadata.name", name, "must be no more than 52 characters"));
        }
        if (causes.Require(spec, "spec", "schedule"))
        {
            Schedule(spec.Text("schedule"), causes);
        }
        if (spec["timeZone"] is not null)
        {
            Zone(spec.Text("timeZone"), causes);
        }
        foreach (var count in (ReadOnlySpan<string>)["startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"])
        {
            causes.AtLeastZero(spec, "spec", count);
        }
        causes.OneOf(spec, "spec", "concurrencyPolicy", "Allow", "Forbid", "Replace");
        var job = spec.Object("jobTemplate").Object("spec") ?? [];
        if (job["selector"] is { } selector)
        {
            causes.Add(Cause.Invalid("spec.jobTemplate.spec.selector", selector, "`selector` will be auto-generated"));
        }
        if (job.Flag("manualSelector"))
        {
            causes.Add(Cause.NotSupported("spec.jobTemplate.spec.manualSelector", "true", "nil", "false"));
        }
        JobRules.Spec(job, "spec.jobTemplate.spec", causes);
    }

    private static void Schedule(string schedule, List<FieldCause> causes)
    {
        if (CronSyntax.Fault(schedule) is { } fault)
        {
            causes.Add(Cause.Invalid("spec.schedule", schedule, fault));
        }
        if (schedule.Contains("TZ", StringComparison.Ordinal))
        {
            causes.Add(Cause.Invalid("spec.schedule", schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"));
        }
    }

    private static void Zone(string zone, List<FieldCause> causes)
    {
        if (zone.Length == 0)
        {
            causes.Add(Cause.Invalid("spec.timeZone", zone, "timeZone must be nil or non-empty string"));
        }
        else if (zone.Equals("Local", StringComparison.OrdinalIgnoreCase))
        {
            causes.Add(Cause.Invalid("spec.timeZone", zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"));
        }
        else if (zone.Contains(' ', StringComparison.Ordinal) || !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
        {
            // Names with spaces are Windows', which .NET also knows and no other Kubernetes does.
            causes.Add(Cause.Invalid("spec.timeZone", zone, $"unknown time zone {zone}"));
        }
    }
}
