using System.Globalization;
using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Jobs;

/// <summary>The Job a CronJob makes.</summary>
internal static class CronJobs
{
    /// <param name="cron">whose</param>
    /// <param name="due">the scheduled time, UTC</param>
    public static V1Job JobOf(V1CronJob cron, DateTime due)
    {
        var template = PodTemplates.Clone(cron.Spec.JobTemplate);
        var annotations = PodTemplates.Copy(template.Metadata?.Annotations);
        annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"] = due.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return new V1Job
        {
            ApiVersion = "batch/v1",
            Kind = "Job",
            Metadata = new V1ObjectMeta
            {
                Name = CronJobPlan.NameOf(cron, due),
                NamespaceProperty = cron.Metadata.NamespaceProperty,
                Labels = PodTemplates.Copy(template.Metadata?.Labels),
                Annotations = annotations,
                OwnerReferences = [Owners.Reference(Resource.CronJobs, cron.Metadata)],
            },
            Spec = template.Spec,
        };
    }
}
