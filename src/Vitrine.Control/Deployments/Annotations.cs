using System.Globalization;
using k8s.Models;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Deployments;

/// <summary>The annotations by which `kubectl rollout` and the Deployment controller keep a rollout's history.</summary>
internal static class Annotations
{
    public const string Revision = "deployment.kubernetes.io/revision";
    public const string RevisionHistory = "deployment.kubernetes.io/revision-history";
    public const string Desired = "deployment.kubernetes.io/desired-replicas";
    public const string Max = "deployment.kubernetes.io/max-replicas";

    /// <summary>What a ReplicaSet does not take over from its Deployment.</summary>
    private static readonly HashSet<string> OwnToEach =
    [
        "kubectl.kubernetes.io/last-applied-configuration", Revision, RevisionHistory, Desired, Max, "deprecated.deployment.rollback.to",
    ];

    public static long RevisionOf(V1ObjectMeta meta) => Number(meta, Revision);

    public static int DesiredOf(V1ObjectMeta meta) => meta.Annotations?.ContainsKey(Desired) == true ? (int)Number(meta, Desired) : -1;

    public static int MaxOf(V1ObjectMeta meta) => (int)Number(meta, Max);

    /// <summary>
    /// What the current ReplicaSet's annotations should be: the Deployment's own, and the revision; a set that was current
    /// before (a rollback) notes the revision it had.
    /// </summary>
    public static Dictionary<string, string> ForCurrent(V1Deployment deployment, V1ObjectMeta? set, long revision)
    {
        var result = PodTemplates.Copy(set?.Annotations);
        foreach (var (key, value) in deployment.Metadata.Annotations ?? new Dictionary<string, string>())
        {
            if (!OwnToEach.Contains(key))
            {
                result[key] = value;
            }
        }

        var old = set is null ? 0 : RevisionOf(set);
        if (old < revision)
        {
            result[Revision] = revision.ToString(CultureInfo.InvariantCulture);
            if (old > 0)
            {
                var history = result.GetValueOrDefault(RevisionHistory, "");
                result[RevisionHistory] = history.Length == 0 ? $"{old}" : $"{history},{old}";
            }
        }

        return result;
    }

    public static void SetSizes(IDictionary<string, string> annotations, int desired, int max)
    {
        annotations[Desired] = desired.ToString(CultureInfo.InvariantCulture);
        annotations[Max] = max.ToString(CultureInfo.InvariantCulture);
    }

    public static bool Same(IDictionary<string, string>? a, IDictionary<string, string> b) =>
        (a?.Count ?? 0) == b.Count && b.All(p => a!.TryGetValue(p.Key, out var value) && value == p.Value);

    private static long Number(V1ObjectMeta meta, string key) =>
        long.TryParse(PodFacts.Annotation(meta, key), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
