using k8s.Models;

namespace Vitrine.Control.Deployments;

/// <summary>What a Deployment's status should say, and when its progress deadline is due.</summary>
internal sealed record DeploymentStatusPlan(V1DeploymentStatus Status, DateTime? Deadline)
{
    /// <param name="rollout">The Deployment and its ReplicaSets.</param>
    /// <param name="progress">Tell of progress: not while it is paused or only scaled.</param>
    /// <param name="created">The current ReplicaSet was made just now.</param>
    /// <param name="now">The time of the look.</param>
    public static DeploymentStatusPlan Compile(Rollout rollout, bool progress, string? created, DateTime now)
    {
        var before = rollout.Deployment.Status ?? new V1DeploymentStatus();
        var conditions = new ConditionList(before.Conditions, now);
        var available = rollout.All.Sum(Rollout.Available);
        var status = new V1DeploymentStatus
        {
            ObservedGeneration = rollout.Deployment.Metadata.Generation,
            Replicas = StatusCount.Of(rollout.All.Sum(r => r.Status?.Replicas ?? 0)),
            UpdatedReplicas = StatusCount.Of(rollout.Current?.Status?.Replicas ?? 0),
            ReadyReplicas = StatusCount.Of(rollout.All.Sum(r => r.Status?.ReadyReplicas ?? 0)),
            AvailableReplicas = StatusCount.Of(available),
            UnavailableReplicas = StatusCount.Of(Math.Max(0, rollout.All.Sum(Rollout.Size) - available)),
            CollisionCount = before.CollisionCount,
        };
        var enough = available >= rollout.Replicas - rollout.MaxUnavailable;
        conditions.Set("Available", enough ? "True" : "False", enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable", enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.");
        DateTime? deadline = null;
        if (rollout.Deployment.Spec.ProgressDeadlineSeconds is not (null or int.MaxValue))
        {
            Pausing(rollout, conditions);
            if (progress)
            {
                deadline = Progress(rollout, before, status, conditions, created, now);
            }
        }
        else
        {
            conditions.Remove("Progressing");
        }

        if (progress)
        {
            Failure(rollout, conditions);
        }

        status.Conditions = conditions.ToList();
        return new DeploymentStatusPlan(status, deadline);
    }

    private static void Pausing(Rollout rollout, ConditionList conditions)
    {
        var reason = conditions.Get("Progressing")?.Reason;
        var paused = rollout.Deployment.Spec.Paused == true;
        if (reason == "ProgressDeadlineExceeded" || paused == (reason == "DeploymentPaused"))
        {
            return;
        }

        conditions.Set("Progressing", "Unknown", paused ? "DeploymentPaused" : "DeploymentResumed", paused ? "Deployment is paused" : "Deployment is resumed");
    }

    private static DateTime? Progress(Rollout rollout, V1DeploymentStatus before, V1DeploymentStatus status, ConditionList conditions, string? created, DateTime now)
    {
        var name = rollout.Current?.Metadata.Name ?? created;
        var subject = name is null ? $"Deployment \"{rollout.Deployment.Metadata.Name}\"" : $"ReplicaSet \"{name}\"";
        if (created is not null)
        {
            conditions.Set("Progressing", "True", "NewReplicaSetCreated", $"Created new replica set \"{created}\"");
        }
        else if (conditions.Get("Progressing") is null && rollout.Current is not null)
        {
            conditions.Set("Progressing", "True", "FoundNewReplicaSet", $"Found new replica set \"{name}\"");
        }

        var current = conditions.Get("Progressing");
        if (status.Replicas == status.UpdatedReplicas && current?.Reason == "NewReplicaSetAvailable")
        {
            return null;
        }

        if (IsComplete(rollout, status))
        {
            conditions.Set("Progressing", "True", "NewReplicaSetAvailable", $"{subject} has successfully progressed.");
            return null;
        }

        if (Advanced(before, status))
        {
            conditions.Refresh("Progressing", "True", "ReplicaSetUpdated", $"{subject} is progressing.");
        }

        current = conditions.Get("Progressing");
        if (current is null || current.Reason is "NewReplicaSetAvailable" or "DeploymentPaused")
        {
            return null;
        }

        var due = (current.LastUpdateTime ?? now).AddSeconds(rollout.Deployment.Spec.ProgressDeadlineSeconds!.Value);
        if (due >= now)
        {
            return due.AddSeconds(1);
        }

        conditions.Set("Progressing", "False", "ProgressDeadlineExceeded", $"{subject} has timed out progressing.");
        return null;
    }

    private static bool IsComplete(Rollout rollout, V1DeploymentStatus s) =>
        (s.UpdatedReplicas ?? 0) == rollout.Replicas && (s.Replicas ?? 0) == rollout.Replicas && (s.AvailableReplicas ?? 0) == rollout.Replicas && rollout.Current is not null;

    private static bool Advanced(V1DeploymentStatus before, V1DeploymentStatus after) =>
        (after.UpdatedReplicas ?? 0) > (before.UpdatedReplicas ?? 0)
        || (after.Replicas ?? 0) - (after.UpdatedReplicas ?? 0) < (before.Replicas ?? 0) - (before.UpdatedReplicas ?? 0)
        || (after.ReadyReplicas ?? 0) > (before.ReadyReplicas ?? 0)
        || (after.AvailableReplicas ?? 0) > (before.AvailableReplicas ?? 0);

    /// <summary>A ReplicaSet that cannot make pods says so in the Deployment too; the current one's word counts first.</summary>
    private static void Failure(Rollout rollout, ConditionList conditions)
    {
        var failure = new[] { rollout.Current }.Concat(rollout.Old).SelectMany(r => r?.Status?.Conditions ?? []).FirstOrDefault(c => c is { Type: "ReplicaFailure", Status: "True" });
        if (failure is null)
        {
            conditions.Remove("ReplicaFailure");
        }
        else
        {
            conditions.Set("ReplicaFailure", "True", failure.Reason ?? "", failure.Message ?? "");
        }
    }
}
