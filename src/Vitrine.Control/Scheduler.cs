using System.Collections.Immutable;
using k8s;
using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Scheduling;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control;

/// <summary>
/// Binds what <see cref="SchedulePlan"/> places, makes room where it says so, and tells why it could not place the rest (condition
/// and event). A binding counts from when it was written, not from when the watch shows it: a node is not promised twice.
/// </summary>
internal sealed class Scheduler(ApiClient api, EventRecorder events, TimeProvider time) : IWorkloadController
{
    private const string Component = "default-scheduler";
    private static readonly TimeSpan AssumedFor = TimeSpan.FromSeconds(30);
    private readonly Dictionary<string, (string Node, DateTimeOffset Until)> assumed = [];
    private (object Pods, object Nodes, object Budgets) last;

    public async Task<TimeSpan?> ReconcileAsync(ControlSnapshot snapshot, CancellationToken ct)
    {
        var seen = (snapshot.Cluster.Pods, snapshot.Cluster.Nodes, snapshot.PodDisruptionBudgets);
        if (ReferenceEquals(seen.Pods, last.Pods) && ReferenceEquals(seen.Nodes, last.Nodes) && ReferenceEquals(seen.PodDisruptionBudgets, last.Budgets))
        {
            return null;
        }

        var plan = SchedulePlan.Compile(Assume(snapshot.Cluster), new ScheduleInputs
        {
            Budgets = [.. snapshot.PodDisruptionBudgets.All.Values.Select(b => new DisruptionBudget(b.Metadata.NamespaceProperty, LabelSelector.Read(b.Spec.Selector) ?? LabelSelector.Everything, b.Status?.DisruptionsAllowed ?? 0))],
            NamespaceLabels = ns => snapshot.Namespaces.Find(null, ns)?.Metadata.Labels ?? ImmutableDictionary<string, string>.Empty,
        });
        await Task.WhenAll(plan.Bindings.Select(b => BindAsync(b, ct)));
        var nominated = plan.Preemptions.ToDictionary(p => p.Pod.Key, p => p.NodeName);
        await Task.WhenAll(plan.Unschedulable
            .Where(u => u.Pod.UnschedulableMessage != u.Message || (nominated.GetValueOrDefault(u.Pod.Key) is { } node && node != u.Pod.Scheduling?.NominatedNode))
            .Select(u => RefuseAsync(u, nominated.GetValueOrDefault(u.Pod.Key), ct)));
        await Task.WhenAll(plan.Preemptions.SelectMany(p => p.Victims.Where(v => !v.Terminating).Select(v => EvictAsync(p, v, ct))));
        last = seen;
        return null;
    }

    private ClusterSnapshot Assume(ClusterSnapshot cluster)
    {
        var now = time.GetUtcNow();
        foreach (var (key, (node, until)) in assumed.ToArray())
        {
            if (cluster.Pods.GetValueOrDefault(key[(key.IndexOf(' ', StringComparison.Ordinal) + 1)..]) is { NodeName: null } pod && pod.Uid == key[..key.IndexOf(' ', StringComparison.Ordinal)] && until > now)
            {
                cluster = cluster with { Pods = cluster.Pods.SetItem(pod.Key, pod with { NodeName = node }) };
            }
            else
            {
                assumed.Remove(key);
            }
        }

        return cluster;
    }

    private async Task BindAsync(PodBinding binding, CancellationToken ct)
    {
        var (pod, node) = binding;
        var body = KubernetesJson.Serialize(new V1Binding
        {
            ApiVersion = "v1",
            Kind = "Binding",
            Metadata = new V1ObjectMeta { Name = pod.Name, NamespaceProperty = pod.Namespace, Uid = pod.Uid },
            Target = new V1ObjectReference { ApiVersion = "v1", Kind = "Node", Name = node },
        });
        try
        {
            await api.SendAsync<object>(HttpMethod.Post, Resource.Pods.Of(pod.Namespace, pod.Name) + "/binding", body, "application/json", ct);
        }
        catch (ApiException e) when (e.Stale)
        {
            return;
        }

        lock (assumed)
        {
            assumed[$"{pod.Uid} {pod.Key}"] = (node, time.GetUtcNow() + AssumedFor);
        }

        events.Normal(Resource.Pods, Meta(pod), Component, "Scheduled", $"Successfully assigned {pod.Namespace}/{pod.Name} to {node}");
    }

    private async Task RefuseAsync(UnschedulablePod refused, string? nominated, CancellationToken ct)
    {
        var (pod, message) = refused;
        var condition = new V1PodCondition { Type = "PodScheduled", Status = "False", Reason = "Unschedulable", Message = message, LastTransitionTime = time.GetUtcNow().UtcDateTime };
        var patch = KubernetesJson.Serialize(new V1Pod { Metadata = new V1ObjectMeta { Uid = pod.Uid }, Status = new V1PodStatus { NominatedNodeName = nominated, Conditions = [condition] } });
        await api.PatchAsync(Resource.Pods, pod.Namespace, pod.Name + "/status", patch, ct);
        if (pod.UnschedulableMessage != message)
        {
            events.Warning(Resource.Pods, Meta(pod), Component, "FailedScheduling", message);
        }
    }

    private async Task EvictAsync(Preemption preemption, Pod victim, CancellationToken ct)
    {
        var condition = new V1PodCondition
        {
            Type = "DisruptionTarget",
            Status = "True",
            Reason = "PreemptionByScheduler",
            Message = $"{Component}: preempting to accommodate a higher priority pod",
            LastTransitionTime = time.GetUtcNow().UtcDateTime,
        };
        var patch = KubernetesJson.Serialize(new V1Pod { Metadata = new V1ObjectMeta { Uid = victim.Uid }, Status = new V1PodStatus { Conditions = [condition] } });
        await api.PatchAsync(Resource.Pods, victim.Namespace, victim.Name + "/status", patch, ct);
        if (await api.DeleteAsync(Resource.Pods, victim.Namespace, victim.Name, victim.Uid, ct))
        {
            events.Normal(Resource.Pods, Meta(victim), Component, "Preempted", $"Preempted by pod {preemption.Pod.Uid} on node {preemption.NodeName}");
        }
    }

    private static V1ObjectMeta Meta(Pod pod) => new() { Name = pod.Name, NamespaceProperty = pod.Namespace, Uid = pod.Uid };
}
