using System.Collections.Immutable;
using k8s.Models;

namespace Vitrine.Control.Nodes;

/// <summary>
/// What a node's conditions and taints should be (upstream's node lifecycle controller): a node that was not heard of for the grace period
/// is Unknown; conditions and the cordon become taints.
/// </summary>
/// <param name="Conditions">Conditions to write, or none.</param>
/// <param name="Taints">All taints it should have, or null where they are right.</param>
internal sealed record NodeHealthPlan(ImmutableArray<V1NodeCondition> Conditions, IReadOnlyList<V1Taint>? Taints)
{
    public const string NotReady = "node.kubernetes.io/not-ready";
    public const string Unreachable = "node.kubernetes.io/unreachable";
    private const string Cordoned = "node.kubernetes.io/unschedulable";
    private static readonly string[] Reported = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

    private static readonly (string Condition, string Taint)[] Pressures =
    [
        ("MemoryPressure", "node.kubernetes.io/memory-pressure"),
        ("DiskPressure", "node.kubernetes.io/disk-pressure"),
        ("PIDPressure", "node.kubernetes.io/pid-pressure"),
        ("NetworkUnavailable", "node.kubernetes.io/network-unavailable"),
    ];

    /// <param name="node">The node.</param>
    /// <param name="silent">It was not heard of for the grace period.</param>
    /// <param name="evict">False while no node at all is ready: then the fault is likelier here than there, and nothing is evicted.</param>
    /// <param name="now">The time of the look.</param>
    public static NodeHealthPlan Compile(V1Node node, bool silent, bool evict, DateTime now)
    {
        var conditions = silent ? Unknown(node, now) : [];
        var ready = silent ? "Unknown" : Status(node, "Ready");
        var wanted = new List<(string Key, string Effect)>();
        if (node.Spec?.Unschedulable == true)
        {
            wanted.Add((Cordoned, "NoSchedule"));
        }

        if (ready != "True")
        {
            var key = ready == "Unknown" ? Unreachable : NotReady;
            wanted.Add((key, "NoSchedule"));
            if (evict)
            {
                wanted.Add((key, "NoExecute"));
            }
        }

        wanted.AddRange(Pressures.Where(p => Status(node, p.Condition) == "True").Select(p => (p.Taint, "NoSchedule")));
        return new NodeHealthPlan(conditions, Taint(node, wanted, now));
    }

    public static string Status(V1Node node, string type) => node.Status?.Conditions?.FirstOrDefault(c => c.Type == type)?.Status ?? (type == "Ready" ? "False" : "");

    private static ImmutableArray<V1NodeCondition> Unknown(V1Node node, DateTime now) =>
    [
        .. from type in Reported
           let old = node.Status?.Conditions?.FirstOrDefault(c => c.Type == type)
           where old?.Status != "Unknown"
           select new V1NodeCondition
           {
               Type = type,
               Status = "Unknown",
               Reason = old is null ? "NodeStatusNeverUpdated" : "NodeStatusUnknown",
               Message = old is null ? "Kubelet never posted node status." : "Kubelet stopped posting node status.",
               LastHeartbeatTime = old?.LastHeartbeatTime ?? node.Metadata.CreationTimestamp,
               LastTransitionTime = now,
           },
    ];

    /// <summary>Taints of others stay; ours come with the time they were added, from which tolerationSeconds count.</summary>
    private static List<V1Taint>? Taint(V1Node node, List<(string Key, string Effect)> wanted, DateTime now)
    {
        var has = node.Spec?.Taints ?? [];
        var result = has.Where(t => !IsOurs(t) || wanted.Contains((t.Key, t.Effect))).ToList();
        var added = wanted.Where(w => !result.Exists(t => t.Key == w.Key && t.Effect == w.Effect)).ToArray();
        result.AddRange(added.Select(w => new V1Taint { Key = w.Key, Effect = w.Effect, TimeAdded = now }));
        return added.Length == 0 && result.Count == has.Count ? null : result;
    }

    private static bool IsOurs(V1Taint taint) =>
        taint.Key is NotReady or Unreachable || (taint.Effect == "NoSchedule" && (taint.Key == Cordoned || Pressures.Any(p => p.Taint == taint.Key)));
}
