using Vitrine.ApiServer.Kinds;

namespace Vitrine.ApiServer.Discovery;

/// <summary>A subresource as discovery lists it.</summary>
/// <param name="Name">e.g. "log".</param>
/// <param name="Kind">What it takes or gives, e.g. "PodExecOptions".</param>
/// <param name="Verbs">Kubernetes verbs.</param>
internal sealed record Subresource(string Name, string Kind, params string[] Verbs)
{
    /// <summary>Group and version of <see cref="Kind"/> where they are not those of the resource.</summary>
    public (string Group, string Version)? Of { get; init; }

    public static Subresource For(Kind kind, string name) => name switch
    {
        "status" => new(name, kind.Name, "get", "patch", "update"),
        "ephemeralcontainers" => new(name, kind.Name, "get", "patch", "update"),
        "finalize" => new(name, kind.Name, "update"),
        "log" => new(name, kind.Name, "get"),
        "exec" => new(name, "PodExecOptions", "create", "get"),
        "attach" => new(name, "PodAttachOptions", "create", "get"),
        "portforward" => new(name, "PodPortForwardOptions", "create", "get"),
        "approval" => new(name, kind.Name, "get", "patch", "update"),
        "scale" => new(name, "Scale", "get", "patch", "update") { Of = ("autoscaling", "v1") },
        "eviction" => new(name, "Eviction", "create") { Of = ("policy", "v1") },
        "token" => new(name, "TokenRequest", "create") { Of = ("authentication.k8s.io", "v1") },
        "binding" => new(name, "Binding", "create"),
        _ => throw new ArgumentException($"discovery does not know what the subresource {name} of {kind.Plural} is", nameof(name)),
    };
}
