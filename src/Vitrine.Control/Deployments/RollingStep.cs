using System.Collections.Immutable;
using k8s.Models;

namespace Vitrine.Control.Deployments;

/// <summary>
/// A step of a rolling update: grow the new set as far as maxSurge lets the sum grow; when it cannot grow, shrink the old ones as
/// far as maxUnavailable lets the available ones fall, unhealthy replicas first.
/// </summary>
internal static class RollingStep
{
    public static DeploymentPlan Compile(Rollout rollout)
    {
        var annotations = Annotations.ForCurrent(rollout.Deployment, rollout.Current?.Metadata, rollout.Revision);
        if (rollout.Current is not { } current)
        {
            return new DeploymentPlan { Create = Grown(rollout, 0) };
        }

        var size = Rollout.Size(current) > rollout.Replicas ? rollout.Replicas : Grown(rollout, Rollout.Size(current));
        if (DeploymentPlan.Resize(rollout, current, size, annotations) is { } change)
        {
            return new DeploymentPlan { Changes = [change] };
        }

        return new DeploymentPlan { Changes = ShrinkOld(rollout, current) };
    }

    private static int Grown(Rollout rollout, int size)
    {
        var room = rollout.Replicas + rollout.MaxSurge - rollout.All.Sum(Rollout.Size);
        return room <= 0 ? size : size + Math.Max(0, Math.Min(room, rollout.Replicas - size));
    }

    private static ImmutableArray<ReplicaSetChange> ShrinkOld(Rollout rollout, V1ReplicaSet current)
    {
        var minimum = rollout.Replicas - rollout.MaxUnavailable;
        var allowed = rollout.All.Sum(Rollout.Size) - minimum - (Rollout.Size(current) - Rollout.Available(current));
        if (allowed <= 0 || rollout.Old.Sum(Rollout.Size) == 0)
        {
            return [];
        }

        var sizes = rollout.Old.ToDictionary(r => r, Rollout.Size, ReferenceEqualityComparer.Instance as IEqualityComparer<V1ReplicaSet>);
        var left = allowed;
        foreach (var set in rollout.Old.Where(r => Rollout.Size(r) > Rollout.Available(r)))
        {
            var unhealthy = Math.Min(left, Rollout.Size(set) - Rollout.Available(set));
            sizes[set] -= unhealthy;
            left -= unhealthy;
        }

        var spare = rollout.All.Sum(Rollout.Available) - minimum;
        foreach (var set in rollout.Old)
        {
            var step = Math.Max(0, Math.Min(sizes[set], spare));
            sizes[set] -= step;
            spare -= step;
        }

        return [.. rollout.Old.Where(r => sizes[r] != Rollout.Size(r)).Select(r => DeploymentPlan.Resize(rollout, r, sizes[r])!)];
    }
}
