using Vitrine.ApiServer.Admission;
using Vitrine.ApiServer.Defaulting;
using Vitrine.ApiServer.PodSecurity;
using Vitrine.ApiServer.Services;
using Vitrine.ApiServer.Table;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Kinds;

/// <summary>The core group, v1.</summary>
internal static class CoreKinds
{
    private const string Package = "io.k8s.api.core.v1.";

    public static Kind ConfigMap { get; } = new()
    {
        Group = "",
        Version = "v1",
        Name = "ConfigMap",
        Plural = "configmaps",
        Singular = "configmap",
        Namespaced = true,
        ShortNames = ["cm"],
        Schema = Package + "ConfigMap",
        Validate = ConfigMapRules.Check,
        Table = ConfigMapTable.Layout,
    };

    public static Kind Endpoints { get; } = new()
    {
        Group = "",
        Version = "v1",
        Name = "Endpoints",
        Plural = "endpoints",
        Singular = "endpoints",
        Namespaced = true,
        ShortNames = ["ep"],
        Schema = Package + "Endpoints",
        HasDependents = false,
        Default = EndpointDefaults.ApplyEndpoints,
        Validate = EndpointsRules.Check,
        Table = EndpointTables.Endpoints,
    };

    public static Kind Event { get; } = new()
    {
        Group = "",
        Version = "v1",
        Name = "Event",
        Plural = "events",
        Singular = "event",
        Namespaced = true,
        ShortNames = ["ev"],
        Schema = Package + "Event",
        HasDependents = false,
        Default = EventDefaults.Apply,
        Validate = EventRules.Check,
        Table = EventTable.Layout,
        SelectableFields = SelectableFields.OfEvents,
    };

    public static Kind LimitRange { get; } = new()
    {
        Group = "",
        Version = "v1",
        Name = "LimitRange",
        Plural = "limitranges",
        Singular = "limitrange",
        Namespaced = true,
        ShortNames = ["limits"],
        Schema = Package + "LimitRange",
        HasDependents = false,
        Default = LimitRangeDefaults.Apply,
        Validate = LimitRangeRules.Check,
        Table = QuotaTables.LimitRange,
    };

    public static Kind Namespace { get; } = new()
    {
        Group = "",
        Version = "v1",
        Name = "Namespace",
        Plural = "namespaces",
        Singular = "namespace",
        Namespaced = false,
        ShortNames = ["ns"],
        Subresources = ["finalize", "status"],
        // Upstream serves no deletecollection of namespaces: one careless request would empty a cluster.
        Verbs = ["create", "delete", "get", "list", "patch", "update", "watch"],
        Schema = Package + "Namespace",
        NameIsLabel = true,
        PrepareUpdate = static (request, _, value, old) => RaisedLevel.Warn(request, value, old),
        Default = NamespaceDefaults.Apply,
        Validate = NamespaceRules.Check,
        Table = NamespaceTable.Layout,
        SelectableFields = SelectableFields.OfNamespaces,
    };

    public static Kind Node { get; } = new()
    {
        Group = "",
        Version = "v1",
        Name = "Node",
        Plural = "nodes",
        Singular = "node",
        Namespaced = false,
        ShortNames = ["no"],
        Subresources = ["status"],
        Schema = Package + "Node",
        Default = NodeDefaults.Apply,
        Validate = NodeRules.Check,
        Table = NodeTable.Layout,
        SelectableFields = SelectableFields.OfNodes,
    };

    public static Kind Pod { get; } = new()
    {
        Group = "",
        Version = "v1",
        Name = "Pod",
        Plural = "pods",
        Singular = "pod",
        Namespaced = true,
        ShortNames = ["po"],
        Categories = ["all"],
        Subresources = ["attach", "binding", "ephemeralcontainers", "eviction", "exec", "log", "portforward", "status"],
        Schema = Package + "Pod",
        CountsGeneration = true,
        Prepare = PodAdmission.Admit,
        PrepareUpdate = PodAdmission.Keep,
        Default = PodDefaults.Apply,
        Validate = PodRules.Check,
        Table = PodTable.Layout,
        SelectableFields = SelectableFields.OfPods,
    };

    public static Kind ReplicationController { get; } = new()
    {
        Group = "",
        Version = "v1",
        Name = "ReplicationController",
        Plural = "replicationcontrollers",
        Singular = "replicationcontroller",
        Namespaced = true,
        ShortNames = ["rc"],
        Categories = ["all"],
        Subresources = ["scale", "status"],
        Schema = Package + "ReplicationController",
        CountsGeneration = true,
        Orphans = true,
        Default = ReplicationControllerDefaults.Apply,
        Validate = ReplicationControllerRules.Check,
        Table = ReplicationControllerTable.Layout,
        SelectableFields = SelectableFields.OfReplicated,
    };

    public static Kind ResourceQuota { get; } = new()
    {
        Group = "",
        Version = "v1",
        Name = "ResourceQuota",
        Plural = "resourcequotas",
        Singular = "resourcequota",
        Namespaced = true,
        ShortNames = ["quota"],
        Subresources = ["status"],
        Schema = Package + "ResourceQuota",
        HasDependents = false,
        Validate = ResourceQuotaRules.Check,
        Table = QuotaTables.ResourceQuota,
    };

    public static Kind Secret { get; } = new()
    {
        Group = "",
        Version = "v1",
        Name = "Secret",
        Plural = "secrets",
        Singular = "secret",
        Namespaced = true,
        Schema = Package + "Secret",
        Default = SecretDefaults.Apply,
        Validate = SecretRules.Check,
        Table = SecretTable.Layout,
        SelectableFields = SelectableFields.OfSecrets,
    };

    public static Kind Service { get; } = new()
    {
        Group = "",
        Version = "v1",
        Name = "Service",
        Plural = "services",
        Singular = "service",
        Namespaced = true,
        ShortNames = ["svc"],
        Categories = ["all"],
        Subresources = ["status"],
        Schema = Package + "Service",
        NameIsLabel = true,
        CountsGeneration = true,
        Prepare = ServiceAdmission.Admit,
        PrepareUpdate = ServiceAdmission.Keep,
        Default = ServiceDefaults.Apply,
        Validate = ServiceRules.Check,
        Allocate = ServiceAdmission.Allocate,
        Claims = ServiceClaims.Of,
        Table = ServiceTable.Layout,
        SelectableFields = SelectableFields.OfServices,
    };

    public static Kind ServiceAccount { get; } = new()
    {
        Group = "",
        Version = "v1",
        Name = "ServiceAccount",
        Plural = "serviceaccounts",
        Singular = "serviceaccount",
        Namespaced = true,
        ShortNames = ["sa"],
        Subresources = ["token"],
        Schema = Package + "ServiceAccount",
        Table = ServiceAccountTable.Layout,
    };
}
