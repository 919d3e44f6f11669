using System.Collections.Immutable;
using k8s.Models;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Nodes;

/// <summary>Pods nobody will clean up (upstream's pod garbage collector), each with what to write into it before it goes.</summary>
/// <param name="Removals">The pod, and the message of its DisruptionTarget condition or null.</param>
internal sealed record PodGcPlan(ImmutableArray<(V1Pod Pod, string? Because)> Removals)
{
    public const string OutOfService = "node.kubernetes.io/out-of-service";

    /// <param name="pods">All pods.</param>
    /// <param name="node">A node by name, or null where there is none.</param>
    /// <param name="gone">Whether a node has been away long enough to be believed gone.</param>
    /// <param name="threshold">How many finished pods may stay.</param>
    public static PodGcPlan Compile(IEnumerable<V1Pod> pods, Func<string, V1Node?> node, Func<string, bool> gone, int threshold)
    {
        var removals = ImmutableArray.CreateBuilder<(V1Pod, string?)>();
        var finished = new List<V1Pod>();
        foreach (var pod in pods)
        {
            var on = pod.Spec.NodeName ?? "";
            var there = on.Length > 0 ? node(on) : null;
            if (on.Length == 0 && PodFacts.IsTerminating(pod))
            {
                removals.Add((pod, null));
            }
            else if (on.Length > 0 && there is null && gone(on))
            {
                removals.Add((pod, "PodGC: node no longer exists"));
            }
            else if (there is not null && PodFacts.IsTerminating(pod) && NodeHealthPlan.Status(there, "Ready") != "True" && there.Spec?.Taints?.Any(t => t.Key == OutOfService) == true)
            {
                removals.Add((pod, "PodGC: node is out of service"));
            }
            else if (PodFacts.IsFinished(pod) && !PodFacts.IsTerminating(pod))
            {
                finished.Add(pod);
            }
        }

        removals.AddRange(finished.OrderBy(PodFacts.Created).Take(Math.Max(0, finished.Count - threshold)).Select(p => (p, (string?)null)));
        return new PodGcPlan(removals.ToImmutable());
    }
}
