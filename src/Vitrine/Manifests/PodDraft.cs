using System.Collections.Immutable;
using System.Net;
using k8s.Models;
using Vitrine.ApiServer.Drafts;
using Vitrine.Control.Forecasts;
using Vitrine.Model;
using Vitrine.Model.Explain.Services;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;

namespace Vitrine.Manifests;

/// <summary>The pods of the files: 1. made by what their workloads' controllers plan, 2. placed by the scheduler's plan, 3. given addresses, and ready unless they can never be.</summary>
internal sealed class PodDraft(ObjectDraft objects, ImmutableArray<V1Node> nodes)
{
    private readonly List<(V1Pod Pod, FileObject Source)> made = [];
    private readonly List<(FileObject Source, DraftObject Refused)> refused = [];
    private readonly List<WorkloadPods> workloads = [];

    /// <summary>What a controller would be refused, for each workload the first.</summary>
    public IReadOnlyList<(FileObject Source, DraftObject Refused)> Refused => refused;

    public ImmutableArray<WorkloadPods> Workloads => [.. workloads];

    /// <param name="namespaces">for affinities by namespace</param>
    public IReadOnlyList<DraftedPod> Make(ImmutableDictionary<string, Namespace> namespaces)
    {
        // 1
        foreach (var source in objects.Objects.Where(o => o.Draft.Stored))
            Expand(source);
        // 2
        var all = made.DistinctBy(m => Key(m.Pod)).ToArray();
        var cluster = new ClusterSnapshot
        {
            Nodes = nodes.Select(SnapshotReader.Read).ToImmutableDictionary(n => n.Name), Pods = all.Select(m => SnapshotReader.Read(m.Pod)).ToImmutableDictionary(p => p.Key), Namespaces = namespaces,
        };
        var (bound, unfit) = Place(cluster);
        // 3
        var ranges = nodes.ToDictionary(n => n.Metadata.Name, n => new PodAddresses(n));
        return [.. all.Select(m => Settle(m.Pod, m.Source, bound.GetValueOrDefault(Key(m.Pod)), unfit.GetValueOrDefault(Key(m.Pod)), ranges))];
    }

    /// <summary>Where pods go and why others go nowhere, by namespace/name. As in a cluster, who waits is looked at again when others have come.</summary>
    private static (Dictionary<string, string> Bound, Dictionary<string, string> Unfit) Place(ClusterSnapshot cluster)
    {
        var inputs = new ScheduleInputs { NamespaceLabels = ns => cluster.Namespaces.GetValueOrDefault(ns)?.Labels ?? ImmutableDictionary<string, string>.Empty };
        var bound = new Dictionary<string, string>();
        while (true)
        {
            var plan = SchedulePlan.Compile(cluster, inputs);
            foreach (var (pod, node) in plan.Bindings)
                bound[pod.Key] = node;
            if (plan.Bindings.IsEmpty || plan.Unschedulable.IsEmpty)
                return (bound, plan.Unschedulable.ToDictionary(u => u.Pod.Key, u => u.Message));
            cluster = cluster with { Pods = cluster.Pods.SetItems(plan.Bindings.Select(b => KeyValuePair.Create(b.Pod.Key, b.Pod with { NodeName = b.NodeName }))) };
        }
    }

    private void Expand(FileObject source)
    {
        switch (source.Draft)
        {
            case { Group: "", Kind: "Pod" }:
                made.Add((Read<V1Pod>(source), source));
                break;
            case { Group: "apps", Kind: "Deployment" } when Read<V1Deployment>(source) is var deployment:
                Note(source, deployment.Spec.Template, deployment.Spec.Replicas);
                if (Make(source, WorkloadForecast.ReplicaSet(deployment)) is { } current)
                    Add(source, WorkloadForecast.Pods(current));
                break;
            case { Group: "apps", Kind: "ReplicaSet" } when Read<V1ReplicaSet>(source) is var set:
                Note(source, set.Spec.Template, set.Spec.Replicas);
                Add(source, WorkloadForecast.Pods(set));
                break;
            case { Group: "apps", Kind: "StatefulSet" } when Read<V1StatefulSet>(source) is var stateful:
                Note(source, stateful.Spec.Template, stateful.Spec.Replicas);
                Add(source, WorkloadForecast.Pods(stateful));
                break;
            case { Group: "apps", Kind: "DaemonSet" } when Read<V1DaemonSet>(source) is var daemons:
                Note(source, daemons.Spec.Template, null);
                Add(source, WorkloadForecast.Pods(daemons, nodes.Select(SnapshotReader.Read)));
                break;
            case { Group: "", Kind: "ReplicationController" } when Read<V1ReplicationController>(source) is var controller:
                Note(source, controller.Spec.Template, controller.Spec.Replicas);
                Add(source, WorkloadForecast.Pods(controller));
                break;
            case { Group: "batch", Kind: "Job" }:
                Add(source, WorkloadForecast.Pods(Read<V1Job>(source)));
                break;
            case { Group: "batch", Kind: "CronJob" } when WorkloadForecast.Job(Read<V1CronJob>(source)) is { } next && Make(source, next) is { } job:
                Add(source, WorkloadForecast.Pods(job));
                break;
        }
    }

    private void Add(FileObject source, IEnumerable<V1Pod> pods)
    {
        foreach (var pod in pods)
        {
            if (Make(source, pod) is not { } there)
                break;
            made.Add((there, source));
        }
    }

    private T? Make<T>(FileObject source, T value) where T : class
    {
        var (there, draft) = objects.Make(value);
        if (there is null)
            refused.Add((source, draft));
        return there;
    }

    private void Note(FileObject source, V1PodTemplateSpec? template, int? replicas) =>
        workloads.Add(new WorkloadPods(source.Draft.Singular, source.Namespace, source.Name, template?.Metadata?.Labels?.ToImmutableDictionary() ?? ImmutableDictionary<string, string>.Empty, replicas ?? -1));

    private static DraftedPod Settle(V1Pod pod, FileObject source, string? bound, string? unfit, Dictionary<string, PodAddresses> ranges)
    {
        pod.Spec.NodeName = bound ?? pod.Spec.NodeName;
        if (pod.Spec.NodeName is not { Length: > 0 } home || !ranges.TryGetValue(home, out var range))
        {
            var why = pod.Spec.NodeName is { Length: > 0 } absent ? $"its spec.nodeName is {absent}, and the nodes are {string.Join(", ", ranges.Keys.Order(StringComparer.Ordinal))}" : unfit;
            pod.Status = new V1PodStatus { Phase = "Pending", Conditions = [new V1PodCondition { Type = "PodScheduled", Status = "False", Message = why }] };
            return new DraftedPod(pod, source, why ?? "it waits for a scheduler of its own, or for its scheduling gates");
        }
        var trouble = Unready.Of(pod);
        IPAddress[] addresses = [.. pod.Spec.HostNetwork == true ? range.OfNode : range.Next()];
        pod.Status = new V1PodStatus
        {
            Phase = "Running",
            PodIP = addresses.FirstOrDefault()?.ToString(),
            PodIPs = [.. addresses.Select(a => new V1PodIP { Ip = $"{a}" })],
            Conditions = [new V1PodCondition { Type = "Ready", Status = trouble is null ? "True" : "False" }],
        };
        return new DraftedPod(pod, source, trouble);
    }

    private static string Key(V1Pod pod) => $"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}";

    private static T Read<T>(FileObject source) => ObjectDraft.Read<T>(source.Value);

    /// <summary>Addresses of one node's pods, from the start of its ranges.</summary>
    private sealed class PodAddresses(V1Node node)
    {
        private uint given;

        public IEnumerable<IPAddress> OfNode => node.Status.Addresses.Select(a => IPAddress.Parse(a.Address));

        public IEnumerable<IPAddress> Next()
        {
            given++;
            return node.Spec.PodCIDRs.Select(r => Subnets.At(IPNetwork.Parse(r), given)).ToArray();
        }
    }
}
