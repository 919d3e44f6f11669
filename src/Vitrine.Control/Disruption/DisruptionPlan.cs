using k8s.Models;
using Vitrine.Control.Deployments;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Disruption;

/// <summary>A PodDisruptionBudget's status: how many of its pods may be evicted now.</summary>
internal sealed record DisruptionPlan(V1PodDisruptionBudgetStatus Status, DateTime? Expires)
{
    /// <summary>An eviction the API allowed and whose pod was not deleted in this time is taken to have failed.</summary>
    private static readonly TimeSpan EvictionTakes = TimeSpan.FromMinutes(2);

    /// <param name="budget">The budget.</param>
    /// <param name="pods">The pods it selects.</param>
    /// <param name="scale">Owner's uid and replicas of a pod, or null where it has no owner that can be scaled.</param>
    /// <param name="now">The time of the look.</param>
    public static DisruptionPlan Compile(V1PodDisruptionBudget budget, IReadOnlyCollection<V1Pod> pods, Func<V1Pod, (string Uid, int Replicas)?> scale, DateTime now)
    {
        var (spec, before) = (budget.Spec, budget.Status);
        var disrupted = (before?.DisruptedPods ?? new Dictionary<string, DateTime?>())
            .Where(d => d.Value + EvictionTakes > now && pods.Any(p => p.Metadata.Name == d.Key && !PodFacts.IsTerminating(p))).ToDictionary();
        var healthy = pods.Count(p => PodFacts.IsReady(p) && !PodFacts.IsTerminating(p) && !disrupted.ContainsKey(p.Metadata.Name));
        var status = new V1PodDisruptionBudgetStatus
        {
            ObservedGeneration = budget.Metadata.Generation,
            DisruptedPods = disrupted.Count == 0 ? null : disrupted,
            CurrentHealthy = healthy,
            DesiredHealthy = 0,
            ExpectedPods = 0,
            DisruptionsAllowed = 0,
        };
        DateTime? expires = disrupted.Count == 0 ? null : disrupted.Values.Min() + EvictionTakes;
        var byScale = spec.MaxUnavailable is not null || spec.MinAvailable?.ToString().EndsWith('%') == true;
        if (byScale && pods.FirstOrDefault(p => scale(p) is null) is { } stray)
        {
            status.Conditions = Conditions(budget, "False", "SyncFailed", $"found no controllers for pod \"{stray.Metadata.Name}\"", now);
            return new DisruptionPlan(status, expires);
        }

        var expected = byScale ? pods.Select(p => scale(p)!.Value).DistinctBy(s => s.Uid).Sum(s => s.Replicas) : pods.Count;
        var desired = spec.MaxUnavailable is { } most
            ? Math.Max(0, expected - Rounding.Scale(most, expected, up: true))
            : Rounding.Scale(spec.MinAvailable, expected, up: true);
        var allowed = expected <= 0 ? 0 : Math.Max(0, healthy - desired);
        (status.ExpectedPods, status.DesiredHealthy, status.DisruptionsAllowed) = (expected, desired, allowed);
        status.Conditions = allowed > 0
            ? Conditions(budget, "True", "SufficientPods", "", now)
            : Conditions(budget, "False", "InsufficientPods", "", now);
        return new DisruptionPlan(status, expires);
    }

    private static List<V1Condition> Conditions(V1PodDisruptionBudget budget, string status, string reason, string message, DateTime now)
    {
        var before = budget.Status?.Conditions?.FirstOrDefault(c => c.Type == "DisruptionAllowed");
        return
        [
            .. (budget.Status?.Conditions ?? []).Where(c => c.Type != "DisruptionAllowed"),
            new V1Condition
            {
                Type = "DisruptionAllowed",
                Status = status,
                Reason = reason,
                Message = message,
                ObservedGeneration = budget.Metadata.Generation,
                LastTransitionTime = before?.Status == status ? before.LastTransitionTime : now,
            },
        ];
    }
}
