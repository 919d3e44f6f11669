namespace Vitrine.Control.Api;

/// <summary>A kind the controllers write, and where it lives.</summary>
/// <param name="Version">apiVersion, e.g. "apps/v1".</param>
/// <param name="Kind">e.g. "ReplicaSet".</param>
/// <param name="Plural">e.g. "replicasets".</param>
public sealed record Resource(string Version, string Kind, string Plural)
{
    public static readonly Resource Pods = new("v1", "Pod", "pods");
    public static readonly Resource Nodes = new("v1", "Node", "nodes");
    public static readonly Resource Namespaces = new("v1", "Namespace", "namespaces");
    public static readonly Resource Events = new("v1", "Event", "events");
    public static readonly Resource ReplicationControllers = new("v1", "ReplicationController", "replicationcontrollers");
    public static readonly Resource ReplicaSets = new("apps/v1", "ReplicaSet", "replicasets");
    public static readonly Resource Deployments = new("apps/v1", "Deployment", "deployments");
    public static readonly Resource DaemonSets = new("apps/v1", "DaemonSet", "daemonsets");
    public static readonly Resource StatefulSets = new("apps/v1", "StatefulSet", "statefulsets");
    public static readonly Resource ControllerRevisions = new("apps/v1", "ControllerRevision", "controllerrevisions");
    public static readonly Resource Jobs = new("batch/v1", "Job", "jobs");
    public static readonly Resource CronJobs = new("batch/v1", "CronJob", "cronjobs");
    public static readonly Resource PodDisruptionBudgets = new("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets");
    public static readonly Resource CertificateSigningRequests = new("certificates.k8s.io/v1", "CertificateSigningRequest", "certificatesigningrequests");
    public static readonly Resource Leases = new("coordination.k8s.io/v1", "Lease", "leases");

    public static readonly Resource Services = new("v1", "Service", "services");
    public static readonly Resource Endpoints = new("v1", "Endpoints", "endpoints");
    public static readonly Resource Ingresses = new("networking.k8s.io/v1", "Ingress", "ingresses");
    public static readonly Resource IngressClasses = new("networking.k8s.io/v1", "IngressClass", "ingressclasses");
    public static readonly Resource NetworkPolicies = new("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies");
    public static readonly Resource ClusterNetworkPolicies = new("policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy", "clusternetworkpolicies");
    public static readonly Resource GatewayClasses = new("gateway.networking.k8s.io/v1", "GatewayClass", "gatewayclasses");
    public static readonly Resource Gateways = new("gateway.networking.k8s.io/v1", "Gateway", "gateways");
    public static readonly Resource HttpRoutes = new("gateway.networking.k8s.io/v1", "HTTPRoute", "httproutes");
    public static readonly Resource TlsRoutes = new("gateway.networking.k8s.io/v1", "TLSRoute", "tlsroutes");
    public static readonly Resource BackendTlsPolicies = new("gateway.networking.k8s.io/v1", "BackendTLSPolicy", "backendtlspolicies");
    public static readonly Resource GrpcRoutes = new("gateway.networking.k8s.io/v1", "GRPCRoute", "grpcroutes");
    public static readonly Resource EndpointSlices = new("discovery.k8s.io/v1", "EndpointSlice", "endpointslices");

    private string Root => Version.Contains('/', StringComparison.Ordinal) ? $"apis/{Version}" : $"api/{Version}";

    /// <summary>Path of the collection; of all namespaces where <paramref name="ns"/> is null.</summary>
    public string In(string? ns = null) => string.IsNullOrEmpty(ns) ? $"{Root}/{Plural}" : $"{Root}/namespaces/{ns}/{Plural}";

    /// <summary>Path of one object.</summary>
    public string Of(string? ns, string name) => $"{In(ns)}/{name}";
}
