namespace Vitrine.ApiServer.Kinds;

/// <summary>The one list of kinds this server serves.</summary>
internal static class KindList
{
    public static IReadOnlyList<Kind> All { get; } =
    [
        CoreKinds.ConfigMap,
        CoreKinds.Endpoints,
        CoreKinds.Event,
        CoreKinds.LimitRange,
        CoreKinds.Namespace,
        CoreKinds.Node,
        CoreKinds.Pod,
        CoreKinds.PodTemplate,
        CoreKinds.ReplicationController,
        CoreKinds.ResourceQuota,
        CoreKinds.Secret,
        CoreKinds.Service,
        CoreKinds.ServiceAccount,
        ApiExtensionsKinds.CustomResourceDefinition,
        AppsKinds.ControllerRevision,
        AppsKinds.DaemonSet,
        AppsKinds.Deployment,
        AppsKinds.ReplicaSet,
        AppsKinds.StatefulSet,
        AuthenticationKinds.SelfSubjectReview,
        AuthenticationKinds.TokenReview,
        AuthorizationKinds.LocalSubjectAccessReview,
        AuthorizationKinds.SelfSubjectAccessReview,
        AuthorizationKinds.SelfSubjectRulesReview,
        AuthorizationKinds.SubjectAccessReview,
        BatchKinds.CronJob,
        BatchKinds.Job,
        CertificatesKinds.CertificateSigningRequest,
        CoordinationKinds.Lease,
        DiscoveryKinds.EndpointSlice,
        EventsKinds.Event,
        FlowControlKinds.FlowSchema,
        FlowControlKinds.PriorityLevelConfiguration,
        GatewayKinds.BackendTlsPolicy,
        GatewayKinds.Gateway,
        GatewayKinds.GatewayClass,
        GatewayKinds.GrpcRoute,
        GatewayKinds.HttpRoute,
        GatewayKinds.ReferenceGrant,
        GatewayKinds.TlsRoute,
        MetricsKinds.NodeMetrics,
        MetricsKinds.PodMetrics,
        NetworkingKinds.Ingress,
        NetworkingKinds.IngressClass,
        NetworkingKinds.NetworkPolicy,
        PolicyKinds.ClusterNetworkPolicy,
        PolicyKinds.PodDisruptionBudget,
        RbacKinds.ClusterRole,
        RbacKinds.ClusterRoleBinding,
        RbacKinds.Role,
        RbacKinds.RoleBinding,
        SchedulingKinds.PriorityClass,
        StorageKinds.CsiDriver,
        StorageKinds.CsiNode,
        StorageKinds.PersistentVolume,
        StorageKinds.PersistentVolumeClaim,
        StorageKinds.StorageClass,
        StorageKinds.VolumeAttachment,
    ];

    /// <summary>Null when nothing of that name is served.</summary>
    public static Kind? Find(string group, string version, string plural)
    {
        foreach (var kind in All)
        {
            if (kind.Plural == plural && kind.Group == group && kind.Version == version)
            {
                return kind;
            }
        }
        return null;
    }
}
