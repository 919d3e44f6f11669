using Vitrine.ApiServer.Metrics;

namespace Vitrine.ApiServer.Kinds;

/// <summary>Group metrics.k8s.io, which elsewhere metrics-server adds; kubectl top and autoscalers read it.</summary>
internal static class MetricsKinds
{
    public const string Group = "metrics.k8s.io";
    private const string Version = "v1beta1", Package = "io.k8s.metrics.pkg.apis.metrics.v1beta1.";

    public static Kind NodeMetrics { get; } = new()
    {
        Group = Group,
        Version = Version,
        Name = "NodeMetrics",
        Plural = "nodes",
        Singular = "",
        Namespaced = false,
        Verbs = ["get", "list"],
        IsMeasured = true,
        Schema = Package + "NodeMetrics",
        Table = MetricsTables.OfNodes,
    };

    public static Kind PodMetrics { get; } = new()
    {
        Group = Group,
        Version = Version,
        Name = "PodMetrics",
        Plural = "pods",
        Singular = "",
        Namespaced = true,
        Verbs = ["get", "list"],
        IsMeasured = true,
        Schema = Package + "PodMetrics",
        Table = MetricsTables.OfPods,
    };
}
