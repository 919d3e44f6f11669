using System.Globalization;
using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Jobs;

/// <summary>The pod a Job makes; an indexed one knows its index by annotation, label, host name and environment.</summary>
internal static class JobPods
{
    private const string Variable = "JOB_COMPLETION_INDEX";

    public static V1Pod Of(V1Job job, JobPod wanted)
    {
        var pod = PodTemplates.Pod(job.Spec.Template, Resource.Jobs, job.Metadata);
        pod.Metadata.Finalizers = [.. pod.Metadata.Finalizers ?? [], JobFacts.TrackingFinalizer];
        if (wanted.Index < 0)
        {
            return pod;
        }

        var index = wanted.Index.ToString(CultureInfo.InvariantCulture);
        pod.Metadata.GenerateName = $"{job.Metadata.Name}-{index}-";
        pod.Metadata.Annotations![JobFacts.IndexAnnotation] = index;
        pod.Metadata.Labels![JobFacts.IndexAnnotation] = index;
        if (job.Spec.BackoffLimitPerIndex is not null)
        {
            pod.Metadata.Annotations[JobFacts.IndexFailures] = wanted.Failures.ToString(CultureInfo.InvariantCulture);
        }

        pod.Spec.Hostname ??= $"{job.Metadata.Name}-{index}";
        foreach (var container in pod.Spec.Containers.Concat(pod.Spec.InitContainers ?? []))
        {
            if (container.Env?.Any(e => e.Name == Variable) != true)
            {
                var source = new V1EnvVarSource { FieldRef = new V1ObjectFieldSelector { ApiVersion = "v1", FieldPath = $"metadata.annotations['{JobFacts.IndexAnnotation}']" } };
                container.Env = [.. container.Env ?? [], new V1EnvVar { Name = Variable, ValueFrom = source }];
            }
        }

        return pod;
    }
}
