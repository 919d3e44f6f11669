using Vitrine.ApiServer.Kinds;

namespace Vitrine.Unit.ApiServer.Verbs;

/// <summary>A few kinds without defaults or validation, so that the verbs are tested alone.</summary>
internal static class TestKinds
{
    public static Kind Pods { get; } = Core("Pod", "pods", true, "status", "binding", "log", "exec", "attach", "portforward") with
    {
        SelectableFields = new Dictionary<string, Func<System.Text.Json.Nodes.JsonObject, string>>
        {
            ["spec.nodeName"] = static pod => pod["spec"]?["nodeName"]?.GetValue<string>() ?? "",
        },
        CountsGeneration = true,
    };

    public static Kind ConfigMaps { get; } = Core("ConfigMap", "configmaps", true);

    public static Kind Namespaces { get; } = Core("Namespace", "namespaces", false, "status", "finalize") with
    {
        Default = static ns =>
        {
            ns["spec"] ??= new System.Text.Json.Nodes.JsonObject { ["finalizers"] = new System.Text.Json.Nodes.JsonArray("kubernetes") };
            ns["status"] ??= new System.Text.Json.Nodes.JsonObject { ["phase"] = "Active" };
        },
    };

    public static Kind Nodes { get; } = Core("Node", "nodes", false, "status");

    public static Kind Events { get; } = Core("Event", "events", true);

    public static IReadOnlyList<Kind> All { get; } = [Namespaces, Nodes, Pods, ConfigMaps, Events, RbacKinds.Role, RbacKinds.ClusterRole, RbacKinds.RoleBinding, RbacKinds.ClusterRoleBinding];

    private static Kind Core(string name, string plural, bool namespaced, params string[] subresources) => new()
    {
        Group = "",
        Version = "v1",
        Name = name,
        Plural = plural,
        Singular = plural[..^1],
        Namespaced = namespaced,
        Subresources = subresources,
        Schema = $"io.k8s.api.core.v1.{name}",
    };
}
