using System.Globalization;
using k8s.Models;

namespace Vitrine.Control.Pods;

/// <summary>
/// Which replica goes first (client-go's ActivePodsWithRanks): not scheduled, then Pending, then Unknown, then not ready, then of
/// lower pod-deletion-cost, then with more pods of its kind on its node, then ready for a shorter time (in powers of two), then
/// with more restarts, then younger.
/// </summary>
internal sealed class DeletionOrder(Func<V1Pod, int> doubledUp, DateTime now) : IComparer<V1Pod>
{
    public const string CostAnnotation = "controller.kubernetes.io/pod-deletion-cost";

    public int Compare(V1Pod? x, V1Pod? y)
    {
        var (a, b) = (x!, y!);
        int[] steps =
        [
            (a.Spec.NodeName is { Length: > 0 }).CompareTo(b.Spec.NodeName is { Length: > 0 }),
            Phase(a).CompareTo(Phase(b)),
            PodFacts.IsReady(a).CompareTo(PodFacts.IsReady(b)),
            Cost(a).CompareTo(Cost(b)),
            doubledUp(b).CompareTo(doubledUp(a)),
        ];
        var first = Array.Find(steps, s => s != 0);
        if (first != 0)
        {
            return first;
        }

        if (PodFacts.IsReady(a) && PodFacts.IsReady(b))
        {
            var (ready, other) = (Age(PodFacts.Condition(a, "Ready")!.LastTransitionTime), Age(PodFacts.Condition(b, "Ready")!.LastTransitionTime));
            if (ready != other)
            {
                return ready.CompareTo(other);
            }
        }

        var restarts = PodFacts.Restarts(b).CompareTo(PodFacts.Restarts(a));
        var age = PodFacts.Created(b).CompareTo(PodFacts.Created(a));
        return restarts != 0 ? restarts : age != 0 ? age : string.CompareOrdinal(a.Metadata.Name, b.Metadata.Name);
    }

    private static int Phase(V1Pod pod) => pod.Status?.Phase switch { "Unknown" => 1, "Running" => 2, _ => 0 };

    private static int Cost(V1Pod pod) => int.TryParse(PodFacts.Annotation(pod.Metadata, CostAnnotation), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var cost) ? cost : 0;

    /// <summary>Logarithmic, so that a second more or less does not decide (KEP-2185).</summary>
    private int Age(DateTime? since) => since is { } at ? (int)Math.Log2(Math.Max(1, (now - at).TotalSeconds)) : int.MinValue;
}
