namespace Vitrine.Model.Watching;

/// <summary>Kinds a part of a node wants to hear of.</summary>
[Flags]
public enum WatchedKinds
{
    None = 0,
    Nodes = 1,
    Services = 2,

    /// <summary>EndpointSlices, or Endpoints where the API has no discovery.k8s.io/v1.</summary>
    Slices = 4,
    Namespaces = 8,

    /// <summary>Those of this node.</summary>
    Pods = 16,
    Ingresses = 32,
    IngressClasses = 64,

    /// <summary>GatewayClasses, Gateways, their routes, policies and grants; an API that has not got them has none.</summary>
    GatewayApi = 128,

    /// <summary>NetworkPolicies, and ClusterNetworkPolicies where the API has such a kind.</summary>
    Policies = 256,

    /// <summary>Those of all nodes, without what is only for the scheduler: for whoever asks, <see cref="Snapshot.ClusterSnapshot.Pods"/> has them all.</summary>
    AllPods = 512,

    /// <summary>What policies have to know of pods: those of all nodes once there is any policy, this node's as long as there is none. Where the last one goes, all stay.</summary>
    PeerPods = 1024,
}
