using k8s.Models;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Jobs;

/// <summary>spec.podFailurePolicy (KEP-3329): what the first rule that fits a failed pod says.</summary>
/// <param name="Action">FailJob, FailIndex, Ignore or Count; Count where no rule fits.</param>
/// <param name="Message">For FailJob: why.</param>
internal readonly record struct FailurePolicy(string Action, string Message)
{
    public static FailurePolicy Judge(V1Job job, V1Pod pod)
    {
        var rules = job.Spec.PodFailurePolicy?.Rules ?? [];
        for (var i = 0; pod.Status?.Phase == "Failed" && i < rules.Count; i++)
        {
            if (Match(rules[i], pod) is { } why)
            {
                return new FailurePolicy(rules[i].Action, $"{why} matching {rules[i].Action} rule at index {i}");
            }
        }

        return new FailurePolicy("Count", "");
    }

    private static string? Match(V1PodFailurePolicyRule rule, V1Pod pod)
    {
        if (rule.OnExitCodes is { } codes)
        {
            var hit = (pod.Status.ContainerStatuses ?? []).Concat(pod.Status.InitContainerStatuses ?? [])
                .Where(s => codes.ContainerName is null || codes.ContainerName == s.Name)
                .FirstOrDefault(s => s.State?.Terminated is { ExitCode: not 0 } ended && codes.Values.Contains(ended.ExitCode) == (codes.OperatorProperty == "In"));
            return hit is null ? null : $"Container {hit.Name} for pod {pod.Metadata.NamespaceProperty}/{pod.Metadata.Name} failed with exit code {hit.State.Terminated.ExitCode}";
        }

        var condition = (rule.OnPodConditions ?? []).FirstOrDefault(p => PodFacts.Condition(pod, p.Type)?.Status == (p.Status ?? "True"));
        return condition is null ? null : $"Pod {pod.Metadata.NamespaceProperty}/{pod.Metadata.Name} has condition {condition.Type}";
    }
}
