using k8s.Models;

namespace Vitrine.Control.Nodes;

/// <summary>When a pod must leave its node because of NoExecute taints (kubernetes.io: "Taint based Evictions").</summary>
internal static class TaintEvictionPlan
{
    /// <summary>Null: it may stay.</summary>
    public static DateTime? LeavesAt(V1Pod pod, IEnumerable<V1Taint>? taints, DateTime now)
    {
        DateTime? leaves = null;
        foreach (var taint in (taints ?? []).Where(t => t.Effect == "NoExecute"))
        {
            var tolerated = (pod.Spec.Tolerations ?? []).Where(t => Tolerates(t, taint)).ToArray();
            if (tolerated.Length == 0)
            {
                return now;
            }

            // Of several tolerations the shortest counts; one without seconds is for ever.
            if (tolerated.Min(t => t.TolerationSeconds) is { } seconds)
            {
                var at = (taint.TimeAdded ?? now).AddSeconds(Math.Clamp(seconds, 0, int.MaxValue));
                leaves = !(leaves < at) ? at : leaves;
            }
        }

        return leaves;
    }

    private static bool Tolerates(V1Toleration toleration, V1Taint taint) =>
        (string.IsNullOrEmpty(toleration.Effect) || toleration.Effect == taint.Effect)
        && (string.IsNullOrEmpty(toleration.Key)
            ? toleration.OperatorProperty == "Exists"
            : toleration.Key == taint.Key && (toleration.OperatorProperty == "Exists" || (toleration.Value ?? "") == (taint.Value ?? "")));
}
