using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>A field of a pod this node does not do. docs/pod-fields.md lists all fields, and a test holds the two against each other.</summary>
/// <param name="Field">TYPE.FIELD, as the schema names them.</param>
/// <param name="Asks">Whether the pod makes use of it.</param>
/// <param name="Why">What is missing, and what to do.</param>
internal sealed record UnsupportedField(string Field, Func<V1Pod, bool> Asks, string Why)
{
    private const string NoGroups = "scheduling groups are not served; remove it";
    private const string NoClaims = "dynamic resource allocation is not served; remove the claims";
    private const string NoWindows = "this node runs Linux; remove it";

    /// <summary>Volumes of other types are refused where they are mounted.</summary>
    public static IReadOnlyList<UnsupportedField> All { get; } =
    [
        new("PodSpec.evictionResponders", p => p.Spec.EvictionResponders is { Count: > 0 }, "eviction requests are not served; remove it"),
        new("PodSpec.hostUsers", p => p.Spec.HostUsers == false, "user namespaces need a newer container runtime; remove it or set it to true"),
        new("PodSpec.overhead", p => p.Spec.Overhead is { Count: > 0 }, "only a RuntimeClass may set it, and none is served; remove it"),
        new("PodSpec.resourceClaims", p => p.Spec.ResourceClaims is { Count: > 0 }, NoClaims),
        new("PodSpec.runtimeClassName", p => p.Spec.RuntimeClassName is { Length: > 0 }, "RuntimeClass is not served: a node has one runtime; remove it"),
        new("PodSpec.schedulingGroup", p => p.Spec.SchedulingGroup is not null, NoGroups),
        new("PodSecurityContext.windowsOptions", p => p.Spec.SecurityContext?.WindowsOptions is not null, NoWindows),
        new("SecurityContext.windowsOptions", p => Any(p, c => c.SecurityContext?.WindowsOptions is not null), NoWindows),
        new("ResourceRequirements.claims", p => Any(p, c => c.Resources?.Claims is { Count: > 0 }), NoClaims),
        new("Container.volumeDevices", p => Any(p, c => c.VolumeDevices is { Count: > 0 }), "block volumes are not served; use volumeMounts"),
        new("VolumeMount.bindMountOptions", p => Any(p, c => c.VolumeMounts?.Any(m => m.BindMountOptions is { Count: > 0 }) == true), "the container runtime has no such options; remove it"),
        new("VolumeMount.recursiveReadOnly", p => Any(p, c => c.VolumeMounts?.Any(m => m.RecursiveReadOnly == "Enabled") == true), "it needs a newer container runtime; set it to IfPossible or Disabled"),
        new("EnvVarSource.fileKeyRef", p => Any(p, c => c.Env?.Any(e => e.ValueFrom?.FileKeyRef is not null) == true), "variables from files of a volume are not served; use a ConfigMap or Secret"),
        new("HTTPGetAction.protocol", p => Any(p, c => Gets(c).Any(g => g.Protocol is { Length: > 0 })), "probes speak HTTP/1.1; remove it"),
    ];

    private static bool Any(V1Pod pod, Func<V1Container, bool> asks) => PodContainers.All(pod).Any(asks);

    private static IEnumerable<V1HTTPGetAction> Gets(V1Container c) =>
        new[] { c.LivenessProbe?.HttpGet, c.ReadinessProbe?.HttpGet, c.StartupProbe?.HttpGet, c.Lifecycle?.PostStart?.HttpGet, c.Lifecycle?.PreStop?.HttpGet }.OfType<V1HTTPGetAction>();
}
