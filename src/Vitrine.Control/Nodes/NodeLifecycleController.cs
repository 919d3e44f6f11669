using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Control.Api;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Nodes;

/// <summary>
/// Nodes that fall silent or report trouble: conditions, taints, pods marked not ready and, when their tolerations end, removed.
/// Silence is measured from when a renewal was seen here, so that clocks need not agree.
/// </summary>
internal sealed class NodeLifecycleController(ApiClient api, EventRecorder events, TimeSpan grace, ILogger logger, TimeProvider time) : IWorkloadController
{
    private const string Component = "node-controller";
    private const string LeaseNamespace = "kube-node-lease";
    private readonly Revisit revisit = new(Component, logger, time);
    private readonly Dictionary<string, (string Beat, DateTimeOffset Seen)> heard = [];

    public async Task<TimeSpan?> ReconcileAsync(ControlSnapshot snapshot, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        foreach (var node in snapshot.Nodes.All.Values)
        {
            var beat = $"{snapshot.Leases.Find(LeaseNamespace, node.Metadata.Name)?.Spec?.RenewTime:O} {node.Status?.Conditions?.FirstOrDefault(c => c.Type == "Ready")?.LastHeartbeatTime:O} {node.Metadata.Uid}";
            if (!heard.TryGetValue(node.Metadata.Name, out var last) || last.Beat != beat)
            {
                heard[node.Metadata.Name] = (beat, now);
            }
        }

        var anyReady = snapshot.Nodes.All.Values.Any(n => !IsSilent(n, now) && NodeHealthPlan.Status(n, "Ready") == "True");
        var pods = snapshot.Pods.All.Values.Where(p => p.Spec.NodeName is { Length: > 0 }).ToLookup(p => p.Spec.NodeName);
        return await revisit.RunAsync(
            snapshot.Nodes.All,
            n => [n, snapshot.Pods.All, snapshot.Leases.Find(LeaseNamespace, n.Metadata.Name), anyReady ? n : null],
            n => LookAsync(n, [.. pods[n.Metadata.Name]], anyReady, ct),
            ct);
    }

    private bool IsSilent(V1Node node, DateTimeOffset now) => now - heard[node.Metadata.Name].Seen >= grace;

    private async Task<TimeSpan?> LookAsync(V1Node node, IReadOnlyList<V1Pod> pods, bool anyReady, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var silent = IsSilent(node, now);
        var plan = NodeHealthPlan.Compile(node, silent, anyReady, now.UtcDateTime);
        if (plan.Conditions.Length > 0)
        {
            var patch = KubernetesJson.Serialize(new V1Node { Metadata = new V1ObjectMeta { Uid = node.Metadata.Uid }, Status = new V1NodeStatus { Conditions = [.. plan.Conditions] } });
            await api.PatchAsync(Resource.Nodes, null, node.Metadata.Name + "/status", patch, ct);
            events.Normal(Resource.Nodes, node.Metadata, Component, "NodeNotReady", $"Node {node.Metadata.Name} status is now: NodeNotReady");
        }

        if (plan.Taints is { } taints)
        {
            var list = new JsonArray([.. taints.Select(t => JsonNode.Parse(KubernetesJson.Serialize(t)))]);
            var patch = new JsonObject { ["metadata"] = new JsonObject { ["uid"] = node.Metadata.Uid, ["resourceVersion"] = plan.Conditions.Length > 0 ? null : node.Metadata.ResourceVersion }, ["spec"] = new JsonObject { ["taints"] = list } };
            await api.PatchAsync(Resource.Nodes, null, node.Metadata.Name, patch.ToJsonString(), ct, ApiClient.Merge);
        }

        if (silent)
        {
            await Task.WhenAll(pods.Where(PodFacts.IsReady).Select(p => MarkNotReadyAsync(p, ct)));
        }

        TimeSpan? due = silent ? null : heard[node.Metadata.Name].Seen + grace - now;
        return Earlier(due, await EvictAsync(node, plan.Taints ?? node.Spec?.Taints?.AsEnumerable(), pods, now.UtcDateTime, ct));
    }

    private Task<bool> MarkNotReadyAsync(V1Pod pod, CancellationToken ct)
    {
        var condition = new V1PodCondition { Type = "Ready", Status = "False", Reason = "NodeNotReady", Message = "Node is not ready", LastTransitionTime = time.GetUtcNow().UtcDateTime };
        return PatchConditionAsync(pod, condition, ct);
    }

    /// <summary>Removes pods whose time is up; when the next one's is.</summary>
    private async Task<TimeSpan?> EvictAsync(V1Node node, IEnumerable<V1Taint>? taints, IReadOnlyList<V1Pod> pods, DateTime now, CancellationToken ct)
    {
        TimeSpan? next = null;
        var all = taints?.ToArray() ?? [];
        foreach (var pod in pods.Where(p => !PodFacts.IsTerminating(p)))
        {
            if (TaintEvictionPlan.LeavesAt(pod, all, now) is not { } at)
            {
                continue;
            }

            if (at > now)
            {
                next = Earlier(next, at - now);
                continue;
            }

            events.Normal(Resource.Pods, pod.Metadata, "taint-eviction-controller", "TaintManagerEviction", $"Marking for deletion Pod {pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}");
            var why = new V1PodCondition { Type = "DisruptionTarget", Status = "True", Reason = "DeletionByTaintManager", Message = "Taint manager: deleting due to NoExecute taint", LastTransitionTime = now };
            await PatchConditionAsync(pod, why, ct);
            await api.DeleteAsync(Resource.Pods, pod.Metadata.NamespaceProperty, pod.Metadata.Name, pod.Metadata.Uid, ct);
        }

        return next;
    }

    private Task<bool> PatchConditionAsync(V1Pod pod, V1PodCondition condition, CancellationToken ct)
    {
        var patch = KubernetesJson.Serialize(new V1Pod { Metadata = new V1ObjectMeta { Uid = pod.Metadata.Uid }, Status = new V1PodStatus { Conditions = [condition] } });
        return api.PatchAsync(Resource.Pods, pod.Metadata.NamespaceProperty, pod.Metadata.Name + "/status", patch, ct);
    }

    private static TimeSpan? Earlier(TimeSpan? a, TimeSpan? b) => a is null ? b : b is null ? a : a < b ? a : b;
}
