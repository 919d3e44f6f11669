using System.Collections.Immutable;
using k8s.Models;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Deployments;

/// <summary>A Deployment with its ReplicaSets sorted out: which one has its present template, which are of the past.</summary>
internal sealed record Rollout(V1Deployment Deployment, V1ReplicaSet? Current, ImmutableArray<V1ReplicaSet> Old, string Template)
{
    public int Replicas => Deployment.Spec.Replicas ?? 1;

    public bool Rolling => Deployment.Spec.Strategy?.Type != "Recreate";

    public int MaxSurge => Rolling ? Fenceposts.Surge : 0;

    /// <summary>How many of the desired replicas may be missing.</summary>
    public int MaxUnavailable => !Rolling || Replicas == 0 ? 0 : Math.Min(Fenceposts.Unavailable, Replicas);

    public IEnumerable<V1ReplicaSet> All => Current is null ? Old : Old.Append(Current);

    /// <summary>The revision the current ReplicaSet should carry.</summary>
    public long Revision => Old.Select(r => Annotations.RevisionOf(r.Metadata)).DefaultIfEmpty(0).Max() + 1;

    private (int Surge, int Unavailable) Fenceposts =>
        Rounding.Fenceposts(Deployment.Spec.Strategy?.RollingUpdate?.MaxSurge ?? "25%", Deployment.Spec.Strategy?.RollingUpdate?.MaxUnavailable ?? "25%", Replicas);

    public static Rollout Of(V1Deployment deployment, IEnumerable<V1ReplicaSet> sets)
    {
        var template = PodTemplates.Canonical(deployment.Spec.Template);
        var byAge = sets.OrderBy(r => r.Metadata.CreationTimestamp).ThenBy(r => r.Metadata.Name, StringComparer.Ordinal).ToArray();
        var current = Array.Find(byAge, r => PodTemplates.Canonical(r.Spec.Template) == template);
        return new Rollout(deployment, current, [.. byAge.Where(r => r != current)], template);
    }

    public static int Size(V1ReplicaSet set) => set.Spec.Replicas ?? 1;

    public static int Available(V1ReplicaSet set) => set.Status?.AvailableReplicas ?? 0;
}
