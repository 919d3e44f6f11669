using System.Collections.Immutable;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Scheduling;

/// <summary>Pods of lower priority make room for one on a node.</summary>
public sealed record Preemption(Pod Pod, string NodeName, ImmutableArray<Pod> Victims);

/// <summary>A PodDisruptionBudget as preemption sees it: breaking one is avoided, not forbidden.</summary>
/// <param name="Namespace">Of the budget and its pods.</param>
/// <param name="Selector">Its pods.</param>
/// <param name="Allowed">status.disruptionsAllowed.</param>
public sealed record DisruptionBudget(string Namespace, LabelSelector Selector, int Allowed);

/// <summary>
/// The smallest sacrifice (kubernetes.io: "Pod Priority and Preemption"): per node, take away all lower pods, see whether the pod fits, and
/// give back as many as possible, protected and important ones first; then the node with the fewest broken budgets, the lowest
/// highest victim, the lowest sum, the fewest victims, the latest start.
/// </summary>
internal static class PreemptionPlan
{
    private sealed record Candidate(NodeRoom Room, ImmutableArray<Pod> Victims, int Broken);

    /// <param name="pod">Who needs room.</param>
    /// <param name="rooms">The nodes where removing pods could help.</param>
    /// <param name="fits">Whether it fits a node as that is now; counted anew each time.</param>
    /// <param name="budgets">Disruption budgets.</param>
    public static Preemption? Compile(Pod pod, IEnumerable<NodeRoom> rooms, Func<NodeRoom, bool> fits, ImmutableArray<DisruptionBudget> budgets)
    {
        var best = rooms.Select(r => Try(pod, r, fits, budgets)).OfType<Candidate>()
            .OrderBy(c => c.Broken)
            .ThenBy(c => c.Victims.Max(v => v.Priority))
            .ThenBy(c => c.Victims.Sum(v => (long)v.Priority + int.MaxValue + 1))
            .ThenBy(c => c.Victims.Length)
            .ThenByDescending(c => c.Victims.MaxBy(v => v.Priority)!.Created)
            .FirstOrDefault();
        return best is null ? null : new Preemption(pod, best.Room.Node.Name, best.Victims);
    }

    private static Candidate? Try(Pod pod, NodeRoom room, Func<NodeRoom, bool> fits, ImmutableArray<DisruptionBudget> budgets)
    {
        var lower = room.Pods.Where(p => p.Priority < pod.Priority).OrderByDescending(p => p.Priority).ThenBy(p => p.Created).ToArray();
        if (lower.Length == 0)
        {
            return null;
        }

        foreach (var one in lower)
        {
            room.Remove(one);
        }

        var victims = ImmutableArray.CreateBuilder<Pod>();
        var broken = 0;
        var possible = fits(room);
        if (possible)
        {
            var (breaking, harmless) = Split(lower, budgets);
            foreach (var (one, breaks) in breaking.Select(p => (p, true)).Concat(harmless.Select(p => (p, false))))
            {
                room.Add(one);
                if (!fits(room))
                {
                    room.Remove(one);
                    victims.Add(one);
                    broken += breaks ? 1 : 0;
                }
            }
        }

        // The room is looked at, not changed.
        foreach (var one in possible ? victims.ToArray() : lower)
        {
            room.Add(one);
        }

        return possible && victims.Count > 0 ? new Candidate(room, victims.ToImmutable(), broken) : null;
    }

    private static (List<Pod> Breaking, List<Pod> Harmless) Split(Pod[] pods, ImmutableArray<DisruptionBudget> budgets)
    {
        var left = budgets.Select(b => b.Allowed).ToArray();
        var (breaking, harmless) = (new List<Pod>(), new List<Pod>());
        foreach (var pod in pods)
        {
            var breaks = false;
            for (var i = 0; i < budgets.Length; i++)
            {
                if (budgets[i].Namespace == pod.Namespace && !budgets[i].Selector.IsEmpty && budgets[i].Selector.Matches(pod.Labels))
                {
                    breaks |= --left[i] < 0;
                }
            }

            (breaks ? breaking : harmless).Add(pod);
        }

        return (breaking, harmless);
    }
}
