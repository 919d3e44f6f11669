using System.Collections.Immutable;
using k8s.Models;

namespace Vitrine.Control.Deployments;

/// <summary>
/// The Deployment's size changed: a single active set takes it all; in the middle of a rollout each set gets its share, rounded,
/// and the largest takes the rest ("proportional scaling").
/// </summary>
internal static class ProportionalScale
{
    public static ImmutableArray<ReplicaSetChange> Compile(Rollout rollout)
    {
        var active = rollout.All.Where(r => Rollout.Size(r) > 0).ToArray();
        if (active.Length < 2)
        {
            var only = active.Length == 1 ? active[0] : rollout.Current ?? rollout.Old.MaxBy(r => r.Metadata.CreationTimestamp);
            return only is not null && DeploymentPlan.Resize(rollout, only, rollout.Replicas) is { } change ? [change] : [];
        }

        if (rollout.Current is { } current && IsSaturated(rollout, current))
        {
            return Changes(rollout, rollout.Old.Where(r => Rollout.Size(r) > 0).Select(r => (r, 0)));
        }

        return rollout.Rolling ? Changes(rollout, Shares(rollout, active)) : [];
    }

    private static ImmutableArray<ReplicaSetChange> Changes(Rollout rollout, IEnumerable<(V1ReplicaSet Set, int Size)> sizes) =>
        [.. sizes.Select(s => DeploymentPlan.Resize(rollout, s.Set, s.Size)).OfType<ReplicaSetChange>()];

    private static IEnumerable<(V1ReplicaSet Set, int Size)> Shares(Rollout rollout, V1ReplicaSet[] active)
    {
        var allowed = rollout.Replicas > 0 ? rollout.Replicas + rollout.MaxSurge : 0;
        var toAdd = allowed - active.Sum(Rollout.Size);
        var bySize = active.OrderByDescending(Rollout.Size);
        var ordered = (toAdd > 0 ? bySize.ThenByDescending(r => r.Metadata.CreationTimestamp) : bySize.ThenBy(r => r.Metadata.CreationTimestamp)).ToArray();
        var sizes = new int[ordered.Length];
        var added = 0;
        for (var i = 0; i < ordered.Length; i++)
        {
            var share = toAdd == 0 ? 0 : Share(rollout, ordered[i], toAdd, added);
            sizes[i] = Rollout.Size(ordered[i]) + share;
            added += share;
        }

        sizes[0] = Math.Max(0, sizes[0] + toAdd - added);
        return ordered.Zip(sizes);
    }

    private static int Share(Rollout rollout, V1ReplicaSet set, int toAdd, int added)
    {
        if (Rollout.Size(set) == 0 || toAdd == added)
        {
            return 0;
        }

        var fraction = Fraction(rollout, set);
        return toAdd > 0 ? Math.Min(fraction, toAdd - added) : Math.Max(fraction, toAdd - added);
    }

    private static int Fraction(Rollout rollout, V1ReplicaSet set)
    {
        if (rollout.Replicas == 0)
        {
            return -Rollout.Size(set);
        }

        var before = Annotations.MaxOf(set.Metadata) is > 0 and var max ? max : rollout.Deployment.Status?.Replicas ?? 0;
        return before == 0 ? 0 : (int)Math.Round((double)Rollout.Size(set) * (rollout.Replicas + rollout.MaxSurge) / before, MidpointRounding.AwayFromZero) - Rollout.Size(set);
    }

    private static bool IsSaturated(Rollout rollout, V1ReplicaSet set) =>
        Rollout.Size(set) == rollout.Replicas && Annotations.DesiredOf(set.Metadata) == rollout.Replicas && Rollout.Available(set) == rollout.Replicas;
}
