using System.Collections.Immutable;
using k8s.Models;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Replicas;

/// <summary>
/// How many pods to make, which to remove, and the numbers of the status. At most <see cref="Burst"/> changes at once.
/// Finished pods are no replicas and are left to the pod garbage collector.
/// </summary>
/// <param name="Create">Pods to make.</param>
/// <param name="Delete">Pods to remove, see <see cref="DeletionOrder"/>.</param>
/// <param name="Counts">For the status.</param>
/// <param name="NextAvailable">When the next ready pod becomes available, where minReadySeconds makes it wait.</param>
internal sealed record ReplicaPlan(int Create, ImmutableArray<V1Pod> Delete, ReplicaCounts Counts, DateTime? NextAvailable)
{
    public const int Burst = 500;

    /// <param name="owner">The ReplicaSet or ReplicationController.</param>
    /// <param name="held">The pods it owns and selects.</param>
    /// <param name="siblings">Active pods of all ReplicaSets of the same Deployment, by node, to even out.</param>
    /// <param name="now">The time of the look.</param>
    public static ReplicaPlan Compile(ReplicaOwner owner, IEnumerable<V1Pod> held, Func<IEnumerable<V1Pod>> siblings, DateTime now)
    {
        var active = held.Where(PodFacts.IsActive).ToArray();
        var counts = Count(owner, active, now);
        var next = active.Select(p => PodFacts.AvailableAt(p, owner.MinReadySeconds)).Where(at => at > now).Min();
        var surplus = active.Length - owner.Replicas;
        if (owner.Metadata.DeletionTimestamp is not null || surplus == 0)
        {
            return new ReplicaPlan(0, [], counts, next);
        }

        return surplus < 0
            ? new ReplicaPlan(Math.Min(-surplus, Burst), [], counts, next)
            : new ReplicaPlan(0, Surplus(active, Math.Min(surplus, Burst), siblings, now), counts, next);
    }

    private static ImmutableArray<V1Pod> Surplus(V1Pod[] active, int count, Func<IEnumerable<V1Pod>> siblings, DateTime now)
    {
        if (count == active.Length)
        {
            return [.. active];
        }

        var perNode = siblings().Where(PodFacts.IsActive).CountBy(p => p.Spec.NodeName ?? "").ToDictionary();
        return [.. active.Order(new DeletionOrder(p => perNode.GetValueOrDefault(p.Spec.NodeName ?? ""), now)).Take(count)];
    }

    private static ReplicaCounts Count(ReplicaOwner owner, V1Pod[] active, DateTime now)
    {
        var labels = owner.Template.Metadata?.Labels ?? ImmutableDictionary<string, string>.Empty;
        return new ReplicaCounts(
            active.Length,
            active.Count(p => labels.All(l => PodFacts.Label(p.Metadata, l.Key) == l.Value)),
            active.Count(PodFacts.IsReady),
            active.Count(p => PodFacts.IsAvailable(p, owner.MinReadySeconds, now)));
    }
}

/// <summary>Numbers of a ReplicaSet's or ReplicationController's status.</summary>
internal readonly record struct ReplicaCounts(int Replicas, int FullyLabeled, int Ready, int Available);
