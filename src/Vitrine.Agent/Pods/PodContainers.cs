using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>A pod's containers of all three lists, as one type.</summary>
internal static class PodContainers
{
    /// <summary>Those a pod is made with; ephemeral ones come later and ask for no resources.</summary>
    public static IEnumerable<V1Container> Lasting(V1Pod pod) => pod.Spec.Containers.Concat(pod.Spec.InitContainers ?? []);

    public static IEnumerable<V1Container> All(V1Pod pod) => Lasting(pod).Concat(Ephemeral(pod));

    public static V1Container? Find(V1Pod pod, string name) => All(pod).FirstOrDefault(c => c.Name == name);

    public static IEnumerable<V1Container> Ephemeral(V1Pod pod) => (pod.Spec.EphemeralContainers ?? []).Select(AsContainer);

    /// <summary>Init containers that keep running (KEP-753).</summary>
    public static HashSet<string> Sidecars(V1Pod pod) => [.. (pod.Spec.InitContainers ?? []).Where(RestartRule.IsSidecar).Select(c => c.Name)];

    /// <summary>As events name a container: "spec.initContainers{name}".</summary>
    public static string FieldPath(V1Pod pod, string name)
    {
        var list = pod.Spec.InitContainers?.Any(c => c.Name == name) == true ? "initContainers"
            : pod.Spec.EphemeralContainers?.Any(c => c.Name == name) == true ? "ephemeralContainers"
            : "containers";
        return $"spec.{list}{{{name}}}";
    }

    // What the API lets an ephemeral container have: no ports, probes, hooks or resources.
    private static V1Container AsContainer(V1EphemeralContainer container) => new()
    {
        Name = container.Name,
        Image = container.Image,
        ImagePullPolicy = container.ImagePullPolicy,
        Command = container.Command,
        Args = container.Args,
        WorkingDir = container.WorkingDir,
        Env = container.Env,
        EnvFrom = container.EnvFrom,
        VolumeMounts = container.VolumeMounts,
        SecurityContext = container.SecurityContext,
        Stdin = container.Stdin,
        StdinOnce = container.StdinOnce,
        Tty = container.Tty,
        TerminationMessagePath = container.TerminationMessagePath,
        TerminationMessagePolicy = container.TerminationMessagePolicy,
        RestartPolicy = "Never",
    };
}
