using k8s.Models;
using Vitrine.Control.Revisions;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control;

/// <summary>What the controllers see of the cluster: the small records every part shares, and whole workload objects.</summary>
internal sealed record ControlSnapshot
{
    public static readonly ControlSnapshot Empty = new();

    public ClusterSnapshot Cluster { get; init; } = ClusterSnapshot.Empty;

    /// <summary>Pods as <see cref="Pods.PodTrim"/> leaves them.</summary>
    public ObjectSet<V1Pod> Pods { get; init; } = ObjectSet<V1Pod>.Empty;

    public ObjectSet<V1Node> Nodes { get; init; } = ObjectSet<V1Node>.Empty;

    public ObjectSet<V1Namespace> Namespaces { get; init; } = ObjectSet<V1Namespace>.Empty;

    public ObjectSet<V1ReplicationController> ReplicationControllers { get; init; } = ObjectSet<V1ReplicationController>.Empty;

    public ObjectSet<V1ReplicaSet> ReplicaSets { get; init; } = ObjectSet<V1ReplicaSet>.Empty;

    public ObjectSet<V1Deployment> Deployments { get; init; } = ObjectSet<V1Deployment>.Empty;

    public ObjectSet<V1DaemonSet> DaemonSets { get; init; } = ObjectSet<V1DaemonSet>.Empty;

    public ObjectSet<V1StatefulSet> StatefulSets { get; init; } = ObjectSet<V1StatefulSet>.Empty;

    public ObjectSet<Revision> ControllerRevisions { get; init; } = ObjectSet<Revision>.Empty;

    public ObjectSet<V1Job> Jobs { get; init; } = ObjectSet<V1Job>.Empty;

    public ObjectSet<V1CronJob> CronJobs { get; init; } = ObjectSet<V1CronJob>.Empty;

    public ObjectSet<V1PodDisruptionBudget> PodDisruptionBudgets { get; init; } = ObjectSet<V1PodDisruptionBudget>.Empty;

    public ObjectSet<V1CertificateSigningRequest> CertificateSigningRequests { get; init; } = ObjectSet<V1CertificateSigningRequest>.Empty;

    public ObjectSet<V1Service> Services { get; init; } = ObjectSet<V1Service>.Empty;

    /// <summary>Of these, the few that have to do with addresses for the outside; see <see cref="Services.Doors"/>.</summary>
    public ObjectSet<V1Service> Doors { get; init; } = ObjectSet<V1Service>.Empty;

    /// <summary>Services, Ingresses and their classes, and policies of both kinds, as the plans want them.</summary>
    public ClusterSnapshot Routes { get; init; } = ClusterSnapshot.Empty;

    /// <summary>Those that <see cref="Gateways.GatewayEntry"/> writes.</summary>
    public ObjectSet<V1EndpointSlice> GatewaySlices { get; init; } = ObjectSet<V1EndpointSlice>.Empty;

    /// <summary>The same on an API without slices.</summary>
    public ObjectSet<V1Endpoints> GatewayEndpoints { get; init; } = ObjectSet<V1Endpoints>.Empty;

    /// <summary>Pods that serve Ingresses and Gateways, one on each node they run on; null where every node has a proxy of its own.</summary>
    public ObjectSet<V1Pod>? Proxies { get; init; }

    public ObjectSet<V1Ingress> Ingresses { get; init; } = ObjectSet<V1Ingress>.Empty;

    public ObjectSet<V1IngressClass> IngressClasses { get; init; } = ObjectSet<V1IngressClass>.Empty;

    public ObjectSet<V1NetworkPolicy> NetworkPolicies { get; init; } = ObjectSet<V1NetworkPolicy>.Empty;

    public ObjectSet<V1Lease> Leases { get; init; } = ObjectSet<V1Lease>.Empty;
}
