using System.Collections.Immutable;
using k8s.Models;
using Vitrine.Control.Deployments;
using Vitrine.Control.Pods;
using Vitrine.Control.Revisions;

namespace Vitrine.Control.Daemons;

/// <summary>
/// Which nodes get a pod and which pods go: one per eligible node, and when the template changed one after another, either first
/// away (maxUnavailable) or first anew (maxSurge).
/// </summary>
internal sealed record DaemonPlan(ImmutableArray<string> Create, ImmutableArray<V1Pod> Delete, V1DaemonSetStatus Status, DateTime? NextAvailable)
{
    /// <param name="set">The DaemonSet.</param>
    /// <param name="hash">Of its present revision.</param>
    /// <param name="nodes">Every node, whether a pod should run there, and whether one may stay.</param>
    /// <param name="pods">Its pods.</param>
    /// <param name="now">The time of the look.</param>
    public static DaemonPlan Compile(V1DaemonSet set, string hash, IReadOnlyList<(string Node, bool Run, bool Stay)> nodes, IReadOnlyCollection<V1Pod> pods, DateTime now)
    {
        var minReady = set.Spec.MinReadySeconds ?? 0;
        var perNode = pods.ToLookup(p => DaemonNodes.NodeOf(p) ?? "");
        var desired = nodes.Count(n => n.Run);
        var rolling = set.Spec.UpdateStrategy?.Type != "OnDelete";
        var surge = rolling ? Rounding.Scale(set.Spec.UpdateStrategy?.RollingUpdate?.MaxSurge, desired, up: true) : 0;
        var create = ImmutableArray.CreateBuilder<string>();
        var delete = ImmutableArray.CreateBuilder<V1Pod>();
        foreach (var (node, run, stay) in nodes)
        {
            var there = perNode[node].Where(p => !PodFacts.IsTerminating(p)).ToArray();
            if (run && !perNode[node].Any())
            {
                create.Add(node);
            }
            else if (!stay)
            {
                delete.AddRange(there);
            }
            else
            {
                delete.AddRange(there.Where(PodFacts.IsFinished));
                delete.AddRange(Surplus([.. there.Where(p => !PodFacts.IsFinished(p))], hash, surge, minReady, now));
            }
        }

        // Of nodes that are gone; a scheduled one is left to the pod garbage collector.
        var known = nodes.Select(n => n.Node).ToHashSet();
        delete.AddRange(pods.Where(p => !PodFacts.IsTerminating(p) && string.IsNullOrEmpty(p.Spec.NodeName) && DaemonNodes.NodeOf(p) is { } node && !known.Contains(node)));
        if (rolling)
        {
            var unavailable = Rounding.Scale(set.Spec.UpdateStrategy?.RollingUpdate?.MaxUnavailable ?? "1", desired, up: true);
            Roll([.. nodes.Where(n => n.Stay).Select(n => n.Node)], perNode, hash, surge, surge == 0 ? Math.Max(1, unavailable) : unavailable, minReady, now, create, delete);
        }

        return new DaemonPlan([.. create.Distinct()], [.. delete.Distinct()], Count(set, hash, nodes, perNode, now), pods.Select(p => PodFacts.AvailableAt(p, minReady)).Where(at => at > now).Min());
    }

    /// <summary>Of several pods on one node the oldest stays; in a surge the old one stays until the new one is available.</summary>
    private static IEnumerable<V1Pod> Surplus(V1Pod[] there, string hash, int surge, int minReady, DateTime now)
    {
        var ordered = there.OrderByDescending(p => p.Spec.NodeName is { Length: > 0 }).ThenBy(PodFacts.Created).ToArray();
        if (surge == 0)
        {
            return ordered.Skip(1);
        }

        var fresh = ordered.Where(p => IsOf(p, hash)).ToArray();
        var old = ordered.Where(p => !IsOf(p, hash)).ToArray();
        var done = fresh.Length > 0 && (old.Length == 0 || PodFacts.IsAvailable(fresh[0], minReady, now) || !PodFacts.IsAvailable(old[0], minReady, now));
        return fresh.Skip(1).Concat(done ? old : old.Skip(1));
    }

    private static void Roll(
        string[] nodes, ILookup<string, V1Pod> perNode, string hash, int surge, int unavailable, int minReady, DateTime now, ImmutableArray<string>.Builder create, ImmutableArray<V1Pod>.Builder delete)
    {
        var (busy, free, candidates) = (0, new List<(string Node, V1Pod Old)>(), new List<(string Node, V1Pod Old)>());
        foreach (var node in nodes)
        {
            var alive = perNode[node].Where(p => PodFacts.IsActive(p) && !delete.Contains(p)).ToArray();
            var (fresh, old) = (Array.Find(alive, p => IsOf(p, hash)), Array.Find(alive, p => !IsOf(p, hash)));
            if (fresh is not null)
            {
                busy += PodFacts.IsAvailable(fresh, minReady, now) ? 0 : 1;
            }
            else if (old is null)
            {
                busy += 1;
            }
            else if (PodFacts.IsAvailable(old, minReady, now))
            {
                candidates.Add((node, old));
            }
            else
            {
                free.Add((node, old));
                busy += surge == 0 ? 1 : 0;
            }
        }

        var chosen = free.Concat(candidates.Take(Math.Max(0, (surge > 0 ? surge : unavailable) - busy)));
        if (surge > 0)
        {
            create.AddRange(chosen.Select(c => c.Node));
        }
        else
        {
            delete.AddRange(chosen.Select(c => c.Old));
        }
    }

    private static V1DaemonSetStatus Count(V1DaemonSet set, string hash, IReadOnlyList<(string Node, bool Run, bool Stay)> nodes, ILookup<string, V1Pod> perNode, DateTime now)
    {
        var status = new V1DaemonSetStatus { ObservedGeneration = set.Metadata.Generation, CollisionCount = set.Status?.CollisionCount };
        var (updated, available) = (0, 0);
        foreach (var (node, run, _) in nodes)
        {
            var pod = perNode[node].OrderBy(PodFacts.IsTerminating).ThenByDescending(p => IsOf(p, hash)).ThenBy(PodFacts.Created).FirstOrDefault();
            status.DesiredNumberScheduled += run ? 1 : 0;
            status.NumberMisscheduled += !run && pod is not null ? 1 : 0;
            if (!run || pod is null)
            {
                continue;
            }

            status.CurrentNumberScheduled++;
            status.NumberReady += perNode[node].Any(PodFacts.IsReady) ? 1 : 0;
            available += perNode[node].Any(p => PodFacts.IsAvailable(p, set.Spec.MinReadySeconds ?? 0, now)) ? 1 : 0;
            updated += IsOf(pod, hash) ? 1 : 0;
        }

        status.UpdatedNumberScheduled = updated == 0 ? null : updated;
        status.NumberAvailable = available == 0 ? null : available;
        status.NumberUnavailable = status.DesiredNumberScheduled == available ? null : status.DesiredNumberScheduled - available;
        return status;
    }

    private static bool IsOf(V1Pod pod, string hash) => PodFacts.Label(pod.Metadata, Revision.HashLabel) == hash;
}
