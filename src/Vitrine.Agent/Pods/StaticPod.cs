using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>A pod out of a file of the node, and its mirror in the API, where it can be seen but not ruled (https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/).</summary>
internal static class StaticPod
{
    public const string Source = "kubernetes.io/config.source";
    public const string Hash = "kubernetes.io/config.hash";
    public const string Seen = "kubernetes.io/config.seen";
    public const string Mirror = "kubernetes.io/config.mirror";

    /// <summary>It came out of a file; its uid is the file's hash.</summary>
    public static bool Is(V1Pod pod) => pod.Metadata.Annotations?.TryGetValue(Source, out var source) == true && source == "file";

    /// <summary>It stands in the API for one that did.</summary>
    public static bool IsMirror(V1Pod pod) => MirrorOf(pod) is not null;

    /// <summary>uid of the static pod that a mirror stands for.</summary>
    public static string? MirrorOf(V1Pod pod) => pod.Metadata.Annotations?.TryGetValue(Mirror, out var hash) == true ? hash : null;
}
