using System.Globalization;
using k8s.Models;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Jobs;

/// <summary>What is asked about a Job and its pods.</summary>
internal static class JobFacts
{
    /// <summary>Holds a pod until it is counted (KEP-2307).</summary>
    public const string TrackingFinalizer = "batch.kubernetes.io/job-tracking";

    public const string IndexAnnotation = "batch.kubernetes.io/job-completion-index";
    public const string IndexFailures = "batch.kubernetes.io/job-index-failure-count";

    public static bool IsIndexed(V1Job job) => job.Spec.CompletionMode == "Indexed";

    public static bool IsFinished(V1Job job) => job.Status?.Conditions?.Any(c => c is { Type: "Complete" or "Failed", Status: "True" }) == true;

    public static V1JobCondition? Condition(V1Job job, string type) => job.Status?.Conditions?.FirstOrDefault(c => c.Type == type && c.Status == "True");

    public static bool IsTracked(V1Pod pod) => pod.Metadata.Finalizers?.Contains(TrackingFinalizer) == true;

    public static int Index(V1Pod pod) => Number(pod, IndexAnnotation) ?? -1;

    public static int Failures(V1Pod pod) => Number(pod, IndexFailures) ?? 0;

    public static bool HasSucceeded(V1Pod pod) => pod.Status?.Phase == "Succeeded";

    /// <summary>
    /// Failed, or being deleted: such a pod may never get to say that it failed. Where only failed pods are replaced, its word is
    /// waited for.
    /// </summary>
    public static bool HasFailed(V1Job job, V1Pod pod) =>
        pod.Status?.Phase == "Failed" || (!ReplacesFailedOnly(job) && PodFacts.IsTerminating(pod) && !HasSucceeded(pod));

    public static bool ReplacesFailedOnly(V1Job job) => job.Spec.PodReplacementPolicy == "Failed" || (job.Spec.PodReplacementPolicy is null && job.Spec.PodFailurePolicy is not null);

    /// <summary>When the last container ended.</summary>
    public static DateTime FinishedAt(V1Pod pod) =>
        (pod.Status?.ContainerStatuses ?? []).Max(s => s.State?.Terminated?.FinishedAt)
        ?? PodFacts.Condition(pod, "Ready")?.LastTransitionTime ?? pod.Metadata.DeletionTimestamp ?? PodFacts.Created(pod);

    private static int? Number(V1Pod pod, string annotation) =>
        int.TryParse(PodFacts.Annotation(pod.Metadata, annotation), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
