using Vitrine.ApiServer.Defaulting;
using Vitrine.ApiServer.Table;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Kinds;

/// <summary>Group apps.</summary>
internal static class AppsKinds
{
    private const string Package = "io.k8s.api.apps.v1.";

    public static Kind ControllerRevision { get; } = new()
    {
        Group = "apps",
        Version = "v1",
        Name = "ControllerRevision",
        Plural = "controllerrevisions",
        Singular = "controllerrevision",
        Namespaced = true,
        Schema = Package + "ControllerRevision",
        Validate = ControllerRevisionRules.Check,
        Table = ControllerRevisionTable.Layout,
    };

    public static Kind DaemonSet { get; } = new()
    {
        Group = "apps",
        Version = "v1",
        Name = "DaemonSet",
        Plural = "daemonsets",
        Singular = "daemonset",
        Namespaced = true,
        ShortNames = ["ds"],
        Categories = ["all"],
        Subresources = ["status"],
        Schema = Package + "DaemonSet",
        CountsGeneration = true,
        Prepare = static (_, set) => TemplateGeneration.Begin(set),
        PrepareUpdate = static (_, scope, set, old) => TemplateGeneration.Count(scope, set, old),
        Default = DaemonSetDefaults.Apply,
        Validate = DaemonSetRules.Check,
        Table = DaemonSetTable.Layout,
    };

    public static Kind Deployment { get; } = new()
    {
        Group = "apps",
        Version = "v1",
        Name = "Deployment",
        Plural = "deployments",
        Singular = "deployment",
        Namespaced = true,
        ShortNames = ["deploy"],
        Categories = ["all"],
        Subresources = ["scale", "status"],
        Schema = Package + "Deployment",
        CountsGeneration = true,
        AnnotationsCount = true,
        Default = DeploymentDefaults.Apply,
        Validate = DeploymentRules.Check,
        Table = DeploymentTable.Layout,
    };

    public static Kind ReplicaSet { get; } = new()
    {
        Group = "apps",
        Version = "v1",
        Name = "ReplicaSet",
        Plural = "replicasets",
        Singular = "replicaset",
        Namespaced = true,
        ShortNames = ["rs"],
        Categories = ["all"],
        Subresources = ["scale", "status"],
        Schema = Package + "ReplicaSet",
        CountsGeneration = true,
        Default = ReplicaSetDefaults.Apply,
        Validate = ReplicaSetRules.Check,
        Table = ReplicaSetTable.Layout,
        SelectableFields = SelectableFields.OfReplicated,
    };

    public static Kind StatefulSet { get; } = new()
    {
        Group = "apps",
        Version = "v1",
        Name = "StatefulSet",
        Plural = "statefulsets",
        Singular = "statefulset",
        Namespaced = true,
        ShortNames = ["sts"],
        Categories = ["all"],
        Subresources = ["scale", "status"],
        Schema = Package + "StatefulSet",
        CountsGeneration = true,
        // Its pods take its name as their host name.
        NameIsLabel = true,
        Default = StatefulSetDefaults.Apply,
        Validate = StatefulSetRules.Check,
        Table = StatefulSetTable.Layout,
    };
}
