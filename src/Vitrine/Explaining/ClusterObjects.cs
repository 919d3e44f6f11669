using System.Collections.Immutable;
using k8s;
using k8s.Models;
using Vitrine.Model.Explain.Services;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;

namespace Vitrine.Explaining;

/// <summary>What the API has to say about one question: the objects of a snapshot, and what only people want to know.</summary>
internal sealed record ClusterObjects(ClusterSnapshot Snapshot, ImmutableDictionary<string, string> Troubles, ImmutableArray<WorkloadPods> Workloads)
{
    public static async Task<ClusterObjects> ListAsync(Kubernetes api, CancellationToken ct)
    {
        // All at once: each is a round trip, and none needs another's answer.
        var nodes = api.CoreV1.ListNodeAsync(cancellationToken: ct);
        var pods = api.CoreV1.ListPodForAllNamespacesAsync(cancellationToken: ct);
        var namespaces = api.CoreV1.ListNamespaceAsync(cancellationToken: ct);
        var services = api.CoreV1.ListServiceForAllNamespacesAsync(cancellationToken: ct);
        var slices = SlicesAsync(api, ct);
        var events = IfAllowedAsync<Corev1EventList, Corev1Event>(api.CoreV1.ListEventForAllNamespacesAsync(fieldSelector: "reason=Unhealthy", cancellationToken: ct));
        var policies = api.NetworkingV1.ListNetworkPolicyForAllNamespacesAsync(cancellationToken: ct);
        var clusterPolicies = ServedList.ReadAsync(api, "apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies", ClusterPolicyReader.Read, ct);
        var workloads = WorkloadsAsync(api, ct);
        await Task.WhenAll(nodes, pods, namespaces, services, slices, events, policies, clusterPolicies, workloads);
        var snapshot = new ClusterSnapshot
        {
            Nodes = nodes.Result.Items.Select(SnapshotReader.Read).ToImmutableDictionary(n => n.Name),
            Pods = pods.Result.Items.Select(SnapshotReader.Read).ToImmutableDictionary(p => p.Key),
            Namespaces = namespaces.Result.Items.Select(SnapshotReader.Read).ToImmutableDictionary(n => n.Name),
            Services = services.Result.Items.Select(ServiceReader.Read).ToImmutableDictionary(s => s.Key),
            NetworkPolicies = policies.Result.Items.Select(PolicyReader.Read).ToImmutableDictionary(p => p.Key),
            ClusterNetworkPolicies = clusterPolicies.Result.ToImmutableDictionary(p => p.Name),
        };
        foreach (var slice in slices.Result)
            snapshot = snapshot.With(slice);
        var unhealthy = events.Result.Where(e => e.InvolvedObject is { Kind: "Pod", NamespaceProperty: not null, Name: not null })
            .OrderBy(e => e.LastTimestamp ?? e.EventTime ?? e.FirstTimestamp).GroupBy(e => $"{e.InvolvedObject.NamespaceProperty}/{e.InvolvedObject.Name}").ToDictionary(g => g.Key, g => g.Last().Message);
        var troubles = pods.Result.Items.Select(p => (Key: $"{p.Metadata.NamespaceProperty}/{p.Metadata.Name}", Pod: p))
            .Select(p => (p.Key, Says: PodTrouble.Of(p.Pod) ?? (IsReady(p.Pod) ? null : unhealthy.GetValueOrDefault(p.Key)?.Trim())))
            .Where(t => t.Says is not null).ToImmutableDictionary(t => t.Key, t => t.Says!);
        return new ClusterObjects(snapshot, troubles, workloads.Result);
    }

    /// <summary>Of Endpoints, where the API has no slices.</summary>
    private static async Task<IReadOnlyList<EndpointSlice>> SlicesAsync(Kubernetes api, CancellationToken ct) => await SliceVersion.AskAsync(api, ct) is { Length: > 0 } version
        ? await ServedList.ReadAsync(api, $"apis/{SliceVersion.Group}/{version}/endpointslices", new LeanReader().Slice, ct)
        : [.. (await api.CoreV1.ListEndpointsForAllNamespacesAsync(cancellationToken: ct)).Items.SelectMany(EndpointsReader.Read)];

    private static async Task<ImmutableArray<WorkloadPods>> WorkloadsAsync(Kubernetes api, CancellationToken ct)
    {
        var deployments = IfAllowedAsync<V1DeploymentList, V1Deployment>(api.AppsV1.ListDeploymentForAllNamespacesAsync(cancellationToken: ct));
        var stateful = IfAllowedAsync<V1StatefulSetList, V1StatefulSet>(api.AppsV1.ListStatefulSetForAllNamespacesAsync(cancellationToken: ct));
        var daemons = IfAllowedAsync<V1DaemonSetList, V1DaemonSet>(api.AppsV1.ListDaemonSetForAllNamespacesAsync(cancellationToken: ct));
        var sets = IfAllowedAsync<V1ReplicaSetList, V1ReplicaSet>(api.AppsV1.ListReplicaSetForAllNamespacesAsync(cancellationToken: ct));
        var controllers = IfAllowedAsync<V1ReplicationControllerList, V1ReplicationController>(api.CoreV1.ListReplicationControllerForAllNamespacesAsync(cancellationToken: ct));
        await Task.WhenAll(deployments, stateful, daemons, sets, controllers);
        return
        [
            .. deployments.Result.Select(d => Of("deployment", d.Metadata, d.Spec.Template, d.Spec.Replicas)),
            .. stateful.Result.Select(s => Of("statefulset", s.Metadata, s.Spec.Template, s.Spec.Replicas)),
            .. daemons.Result.Select(d => Of("daemonset", d.Metadata, d.Spec.Template, null)),
            .. sets.Result.Where(s => s.Metadata.OwnerReferences is not { Count: > 0 }).Select(s => Of("replicaset", s.Metadata, s.Spec.Template, s.Spec.Replicas)),
            .. controllers.Result.Select(c => Of("replicationcontroller", c.Metadata, c.Spec.Template, c.Spec.Replicas)),
        ];
    }

    /// <summary>Nothing where whoever asks may not: an agent's own account sees what plans are made of, and no more.</summary>
    private static async Task<IList<T>> IfAllowedAsync<TList, T>(Task<TList> list) where TList : IItems<T>
    {
        try
        {
            return (await list).Items;
        }
        catch (k8s.Autorest.HttpOperationException e) when (e.Response.StatusCode == System.Net.HttpStatusCode.Forbidden)
        {
            return [];
        }
    }

    private static WorkloadPods Of(string kind, V1ObjectMeta metadata, V1PodTemplateSpec? template, int? replicas) =>
        new(kind, metadata.NamespaceProperty, metadata.Name, template?.Metadata?.Labels?.ToImmutableDictionary() ?? ImmutableDictionary<string, string>.Empty, replicas ?? -1);

    private static bool IsReady(V1Pod pod) => pod.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true;
}
