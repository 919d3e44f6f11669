using k8s;
using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Nodes;

/// <summary>Removes, without grace, what <see cref="PodGcPlan"/> names: there is no agent left that would.</summary>
internal sealed class PodGcController(ApiClient api, TimeSpan quarantine, int threshold, TimeProvider time) : IWorkloadController
{
    private readonly Dictionary<string, DateTimeOffset> missing = [];

    public async Task<TimeSpan?> ReconcileAsync(ControlSnapshot snapshot, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var absent = snapshot.Pods.All.Values.Select(p => p.Spec.NodeName ?? "").Where(n => n.Length > 0 && snapshot.Nodes.Find(null, n) is null).ToHashSet();
        foreach (var back in missing.Keys.Where(n => !absent.Contains(n)).ToArray())
        {
            missing.Remove(back);
        }

        foreach (var node in absent)
        {
            missing.TryAdd(node, now);
        }

        // A node that was only just deleted may be on its way back: its pods wait out the quarantine.
        var plan = PodGcPlan.Compile(snapshot.Pods.All.Values, n => snapshot.Nodes.Find(null, n), n => now - missing[n] >= quarantine, threshold);
        await Task.WhenAll(plan.Removals.Select(r => RemoveAsync(r.Pod, r.Because, ct)));
        return missing.Count == 0 ? null : missing.Values.Select(since => since + quarantine - now).Where(left => left > TimeSpan.Zero).DefaultIfEmpty(quarantine).Min();
    }

    private async Task RemoveAsync(V1Pod pod, string? because, CancellationToken ct)
    {
        var meta = pod.Metadata;
        if (because is not null)
        {
            var condition = new V1PodCondition { Type = "DisruptionTarget", Status = "True", Reason = "DeletionByPodGC", Message = because, LastTransitionTime = time.GetUtcNow().UtcDateTime };
            var status = new V1PodStatus { Phase = PodFacts.IsFinished(pod) ? null : "Failed", Conditions = [condition] };
            await api.PatchAsync(Resource.Pods, meta.NamespaceProperty, meta.Name + "/status", KubernetesJson.Serialize(new V1Pod { Metadata = new V1ObjectMeta { Uid = meta.Uid }, Status = status }), ct);
        }

        await api.DeleteAsync(Resource.Pods, meta.NamespaceProperty, meta.Name, meta.Uid, ct, graceSeconds: 0);
    }
}
