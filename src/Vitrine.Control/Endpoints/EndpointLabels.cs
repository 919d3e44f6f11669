namespace Vitrine.Control.Endpoints;

/// <summary>Names that mark who writes endpoints, and for whom.</summary>
internal static class EndpointLabels
{
    public const string ServiceName = "kubernetes.io/service-name";
    public const string ManagedBy = "endpointslice.kubernetes.io/managed-by";
    public const string SkipMirror = "endpointslice.kubernetes.io/skip-mirror";
    public const string Headless = "service.kubernetes.io/headless";
    public const string EndpointsManagedBy = "endpoints.kubernetes.io/managed-by";
    public const string OverCapacity = "endpoints.kubernetes.io/over-capacity";
    public const string Leader = "control-plane.alpha.kubernetes.io/leader";
    public const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    public const string SliceController = "endpointslice-controller.k8s.io";
    public const string MirrorController = "endpointslicemirroring-controller.k8s.io";
    public const string EndpointsController = "endpoint-controller";

    /// <summary>Set by this server alone; a Service's own labels of these names are not passed on.</summary>
    public static readonly HashSet<string> Reserved = [ServiceName, ManagedBy, Headless, SkipMirror];
}
