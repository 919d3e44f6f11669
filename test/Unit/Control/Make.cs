using k8s.Models;

namespace Vitrine.Unit.Control;

/// <summary>Objects for the controllers' tests.</summary>
internal static class Make
{
    public static readonly DateTime Now = new(2026, 5, 4, 12, 0, 0, DateTimeKind.Utc);

    public static V1ObjectMeta Meta(string name, V1ObjectMeta? owner = null, IDictionary<string, string>? labels = null) => new()
    {
        Name = name,
        NamespaceProperty = "default",
        Uid = $"uid-{name}",
        CreationTimestamp = Now.AddMinutes(-10),
        ResourceVersion = "1",
        Generation = 1,
        Labels = labels,
        OwnerReferences = owner is null ? null : [new V1OwnerReference { Uid = owner.Uid, Name = owner.Name, Kind = "Owner", ApiVersion = "v1", Controller = true }],
    };

    public static V1Pod Pod(string name, V1ObjectMeta? owner = null, string? node = "n1", string phase = "Running", bool ready = true, DateTime? readySince = null, IDictionary<string, string>? labels = null) => new()
    {
        Metadata = Meta(name, owner, labels ?? Labels("a")),
        Spec = new V1PodSpec { NodeName = node, Containers = [new V1Container { Name = "c" }] },
        Status = new V1PodStatus
        {
            Phase = phase,
            Conditions = [new V1PodCondition { Type = "Ready", Status = ready ? "True" : "False", LastTransitionTime = readySince ?? Now.AddMinutes(-5) }],
        },
    };

    public static Dictionary<string, string> Labels(string app) => new() { ["app"] = app };

    public static V1PodTemplateSpec Template(string app, string image = "nginx") => new()
    {
        Metadata = new V1ObjectMeta { Labels = Labels(app) },
        Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Image = image }] },
    };

    public static V1Deployment Deployment(int replicas, string surge = "25%", string unavailable = "25%", string image = "nginx", bool recreate = false) => new()
    {
        Metadata = Meta("web"),
        Spec = new V1DeploymentSpec
        {
            Replicas = replicas,
            Selector = new V1LabelSelector { MatchLabels = Labels("a") },
            Template = Template("a", image),
            RevisionHistoryLimit = 10,
            ProgressDeadlineSeconds = 600,
            Strategy = recreate
                ? new V1DeploymentStrategy { Type = "Recreate" }
                : new V1DeploymentStrategy { Type = "RollingUpdate", RollingUpdate = new V1RollingUpdateDeployment { MaxSurge = surge, MaxUnavailable = unavailable } },
        },
    };
}
