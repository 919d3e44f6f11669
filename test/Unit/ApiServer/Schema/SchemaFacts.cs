namespace Vitrine.Unit.ApiServer.Schema;

/// <summary>
/// What Kubernetes' API conventions say of a field and the official client's models do not keep: required fields,
/// microsecond times, and the keys and strategies of strategic merge patch.
/// </summary>
internal static class SchemaFacts
{
    private static readonly Dictionary<string, string[]> Required = Table("""
        PodSpec containers
        Container name
        EphemeralContainer name
        EnvVar name
        ConfigMapKeySelector key
        SecretKeySelector key
        ObjectFieldSelector fieldPath
        ResourceFieldSelector resource
        FileKeySelector key path volumeName
        ContainerPort containerPort
        VolumeMount mountPath name
        VolumeDevice devicePath name
        Volume name
        HTTPGetAction port
        TCPSocketAction port
        HTTPHeader name value
        KeyToPath key path
        HostPathVolumeSource path
        PersistentVolumeClaimVolumeSource claimName
        NFSVolumeSource path server
        ISCSIVolumeSource iqn lun targetPortal
        GlusterfsVolumeSource endpoints path
        RBDVolumeSource image monitors
        CSIVolumeSource driver
        AzureFileVolumeSource secretName shareName
        AzureDiskVolumeSource diskName diskURI
        CephFSVolumeSource monitors
        CinderVolumeSource volumeID
        FlexVolumeSource driver
        GCEPersistentDiskVolumeSource pdName
        AWSElasticBlockStoreVolumeSource volumeID
        GitRepoVolumeSource repository
        PortworxVolumeSource volumeID
        QuobyteVolumeSource registry volume
        ScaleIOVolumeSource gateway secretRef system
        VsphereVirtualDiskVolumeSource volumePath
        PhotonPersistentDiskVolumeSource pdID
        ServiceAccountTokenProjection path
        DownwardAPIVolumeFile path
        ClusterTrustBundleProjection path
        PodCertificateProjection keyType signerName
        ContainerResizePolicy resourceName restartPolicy
        ContainerRestartRule action
        ContainerRestartRuleOnExitCodes operator
        ResourceClaim name
        PodResourceClaim name
        PodResourceClaimStatus name
        PodSchedulingGate name
        PodReadinessGate conditionType
        HostAlias ip
        HostIP ip
        PodIP ip
        TopologySpreadConstraint maxSkew topologyKey whenUnsatisfiable
        NodeSelector nodeSelectorTerms
        NodeSelectorRequirement key operator
        PreferredSchedulingTerm preference weight
        PodAffinityTerm topologyKey
        WeightedPodAffinityTerm podAffinityTerm weight
        LabelSelectorRequirement key operator
        Sysctl name value
        SeccompProfile type
        AppArmorProfile type
        PodOS name
        Taint effect key
        PodCondition status type
        ContainerStatus image imageID name ready restartCount
        ContainerStateTerminated exitCode
        NodeCondition status type
        ServicePort port
        PortStatus port protocol
        NodeAddress address type
        NodeSystemInfo architecture bootID containerRuntimeVersion kernelVersion kubeProxyVersion kubeletVersion machineID operatingSystem osImage systemUUID
        AttachedVolume devicePath name
        NamespaceCondition status type
        OwnerReference apiVersion kind name uid
        Binding target
        TypedLocalObjectReference kind name
        TypedObjectReference kind name
        PersistentVolumeClaimTemplate spec
        ResourceStatus name
        ResourceHealth resourceID
        VolumeMountStatus mountPath name
        Condition lastTransitionTime message reason status type
        DeploymentSpec selector template
        DeploymentCondition status type
        ReplicaSetSpec selector
        ReplicaSetStatus replicas
        ReplicaSetCondition status type
        StatefulSetSpec selector template
        StatefulSetStatus replicas
        StatefulSetCondition status type
        DaemonSetSpec selector template
        DaemonSetStatus currentNumberScheduled desiredNumberScheduled numberMisscheduled numberReady
        DaemonSetCondition status type
        ControllerRevision revision
        ReplicationControllerStatus replicas
        ReplicationControllerCondition status type
        PersistentVolumeClaimCondition status type
        JobSpec template
        JobCondition status type
        PodFailurePolicy rules
        PodFailurePolicyRule action
        PodFailurePolicyOnExitCodesRequirement operator values
        PodFailurePolicyOnPodConditionsPattern type
        SuccessPolicy rules
        CronJobSpec jobTemplate schedule
        PodDisruptionBudgetStatus currentHealthy desiredHealthy disruptionsAllowed expectedPods
        PriorityClass value
        PolicyRule verbs
        RoleBinding roleRef
        ClusterRoleBinding roleRef
        RoleRef apiGroup kind name
        Subject kind name
        SelfSubjectAccessReview spec
        LocalSubjectAccessReview spec
        SubjectAccessReview spec
        SelfSubjectRulesReview spec
        SubjectAccessReviewStatus allowed
        SubjectRulesReviewStatus incomplete nonResourceRules resourceRules
        ResourceRule verbs
        NonResourceRule verbs
        LimitRangeSpec limits
        LimitRangeItem type
        ScopedResourceSelectorRequirement operator scopeName
        CertificateSigningRequest spec
        CertificateSigningRequestSpec request signerName
        CertificateSigningRequestCondition status type
        ScaleStatus replicas
        EndpointAddress ip
        EndpointSlice addressType endpoints
        Endpoint addresses
        ForZone name
        ForNode name
        TokenRequest spec
        TokenRequestSpec audiences
        TokenRequestStatus expirationTimestamp token
        TokenReview spec
        HTTPIngressPath backend pathType
        HTTPIngressRuleValue paths
        IngressServiceBackend name
        IngressPortStatus port protocol
        IngressClassParametersReference kind name
        IPBlock cidr
        CustomResourceDefinition spec
        CustomResourceDefinitionSpec group names scope versions
        CustomResourceDefinitionNames kind plural
        CustomResourceDefinitionVersion name served storage
        CustomResourceDefinitionCondition status type
        CustomResourceColumnDefinition jsonPath name type
        CustomResourceConversion strategy
        CustomResourceSubresourceScale specReplicasPath statusReplicasPath
        SelectableField jsonPath
        ValidationRule rule
        FlowSchemaSpec priorityLevelConfiguration
        FlowDistinguisherMethod type
        PolicyRulesWithSubjects subjects
        UserSubject name
        GroupSubject name
        ServiceAccountSubject name namespace
        ResourcePolicyRule apiGroups resources verbs
        NonResourcePolicyRule nonResourceURLs verbs
        PriorityLevelConfigurationReference name
        PriorityLevelConfigurationSpec type
        LimitResponse type
        WebhookConversion conversionReviewVersions
        """);

    private static readonly Dictionary<string, string[]> RequiredOfFullName = Table("""
        io.k8s.api.core.v1.Event involvedObject metadata
        io.k8s.api.events.v1.Event eventTime
        io.k8s.api.core.v1.EndpointPort port
        io.k8s.api.events.v1.EventSeries count lastObservedTime
        """);

    private static readonly HashSet<string> MicroTimes =
        ["LeaseSpec.acquireTime", "LeaseSpec.renewTime", "Event.eventTime", "EventSeries.lastObservedTime"];

    /// <summary>Type.field → merge key ("-" for lists of scalars and objects) and strategy.</summary>
    private static readonly Dictionary<string, string[]> Patch = Table("""
        PodSpec.containers name merge
        PodSpec.initContainers name merge
        PodSpec.ephemeralContainers name merge
        PodSpec.volumes name merge,retainKeys
        PodSpec.imagePullSecrets name merge
        PodSpec.hostAliases ip merge
        PodSpec.topologySpreadConstraints topologyKey merge
        PodSpec.resourceClaims name merge,retainKeys
        PodSpec.schedulingGates name merge
        PodStatus.conditions type merge
        PodStatus.podIPs ip merge
        PodStatus.hostIPs ip merge
        PodStatus.resourceClaimStatuses name merge,retainKeys
        Container.ports containerPort merge
        Container.env name merge
        Container.volumeMounts mountPath merge
        Container.volumeDevices devicePath merge
        EphemeralContainer.ports containerPort merge
        EphemeralContainer.env name merge
        EphemeralContainer.volumeMounts mountPath merge
        EphemeralContainer.volumeDevices devicePath merge
        ContainerStatus.volumeMounts mountPath merge
        NodeSpec.podCIDRs - merge
        NodeStatus.conditions type merge
        NodeStatus.addresses type merge
        NamespaceStatus.conditions type merge
        ServiceAccount.secrets name merge
        ObjectMeta.ownerReferences uid merge
        ObjectMeta.finalizers - merge
        ServiceSpec.ports port merge
        ServiceStatus.conditions type merge
        DeploymentSpec.strategy - retainKeys
        DeploymentStatus.conditions type merge
        ReplicaSetStatus.conditions type merge
        StatefulSetStatus.conditions type merge
        DaemonSetStatus.conditions type merge
        JobStatus.conditions type merge
        PersistentVolumeClaimStatus.conditions type merge
        ReplicationControllerStatus.conditions type merge
        PodDisruptionBudgetStatus.conditions type merge
        FlowSchemaStatus.conditions type merge
        PriorityLevelConfigurationStatus.conditions type merge
        PodDisruptionBudgetSpec.selector - replace
        """);

    /// <summary>Lists whose elements have owners of their own in another way than their patch strategy says, and maps that have one owner.</summary>
    private static readonly Dictionary<string, string[]> Sharing = Table("""
        Container.ports map:containerPort,protocol=TCP
        EphemeralContainer.ports map:containerPort,protocol=TCP
        ServiceSpec.ports map:port,protocol=TCP
        PodSpec.topologySpreadConstraints map:topologyKey,whenUnsatisfiable
        PodSpec.nodeSelector atomic
        PodStatus.hostIPs atomic
        ResourceRequirements.claims map:name
        ResourceStatus.resources map:resourceID
        ContainerStatus.allocatedResourcesStatus map:name
        ServiceSpec.selector atomic
        ReplicationControllerSpec.selector atomic
        JobStatus.conditions atomic
        PodFailurePolicyOnExitCodesRequirement.values set
        UncountedTerminatedPods.failed set
        UncountedTerminatedPods.succeeded set
        Endpoint.addresses set
        CertificateSigningRequestStatus.conditions map:type
        CustomResourceDefinitionStatus.conditions map:type
        ResourcePolicyRule.verbs set
        ResourcePolicyRule.apiGroups set
        ResourcePolicyRule.resources set
        ResourcePolicyRule.namespaces set
        NonResourcePolicyRule.verbs set
        NonResourcePolicyRule.nonResourceURLs set
        """);

    private static readonly HashSet<string> Atomic =
    [
        "ConfigMapKeySelector", "SecretKeySelector", "FileKeySelector", "EndpointAddress", "EndpointPort", "LocalObjectReference", "NodeSelector", "NodeSelectorTerm",
        "ObjectFieldSelector", "ObjectReference", "ResourceFieldSelector", "ScopeSelector", "ScopedResourceSelectorRequirement", "SecretReference",
        "TopologySelectorTerm", "TypedLocalObjectReference", "LabelSelector", "OwnerReference", "ServiceBackendPort", "RoleRef", "Subject",
        "CrossVersionObjectReference",
    ];

    /// <summary>Notation of schema.txt, with a leading space, or "".</summary>
    public static string ListNotation(string shortName, string field)
    {
        if (Sharing.TryGetValue($"{shortName}.{field}", out var fact))
        {
            return $" list={fact[0]}";
        }
        return !Patch.TryGetValue($"{shortName}.{field}", out var patch) || !patch[1].StartsWith("merge", StringComparison.Ordinal) ? ""
            : patch[0] == "-" ? " list=set" : $" list=map:{patch[0]}";
    }

    public static string TypeNotation(string shortName) => Atomic.Contains(shortName) ? " atomic" : "";

    public static bool IsRequired(string fullName, string shortName, string field) =>
        Lists(Required, shortName, field) || Lists(RequiredOfFullName, fullName, field)
        || (field == "items" && shortName.EndsWith("List", StringComparison.Ordinal));

    /// <summary>What a field may be besides anything else (JSONSchemaPropsOrBool and its like); "" for others.</summary>
    public static string Either(string shortName, string field) => shortName == "JSONSchemaProps" && field is "additionalItems" or "additionalProperties" or "items" ? "JSONSchemaProps" : "";

    public static bool IsMicroTime(string shortName, string field) => MicroTimes.Contains($"{shortName}.{field}");

    /// <summary>Notation of schema.txt, with a leading space, or "".</summary>
    public static string PatchNotation(string shortName, string field) =>
        !Patch.TryGetValue($"{shortName}.{field}", out var fact) ? ""
        : fact[0] == "-" ? $" patch={fact[1]}" : $" key={fact[0]} patch={fact[1]}";

    private static bool Lists(Dictionary<string, string[]> table, string type, string field) =>
        table.TryGetValue(type, out var fields) && fields.Contains(field);

    private static Dictionary<string, string[]> Table(string text) => text
        .Split('\n')
        .Select(line => line.Split(' '))
        .ToDictionary(words => words[0], words => words[1..]);
}
