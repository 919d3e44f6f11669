using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

internal static class CronJobDefaults
{
    /// <summary>Of the Jobs to come only the pod's defaults are filled in now; the rest when each is made.</summary>
    public static void Apply(JsonObject cron)
    {
        var spec = cron.Ensure("spec");
        spec.DefaultText("concurrencyPolicy", "Allow");
        spec["suspend"] ??= false;
        spec.DefaultNumber("successfulJobsHistoryLimit", 3);
        spec.DefaultNumber("failedJobsHistoryLimit", 1);
        var job = spec.Ensure("jobTemplate");
        job.Ensure("metadata");
        PodTemplateDefaults.Apply(job.Ensure("spec"));
        cron.Ensure("status");
    }
}
