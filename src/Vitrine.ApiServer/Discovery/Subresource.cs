using Vitrine.ApiServer.Kinds;

namespace Vitrine.ApiServer.Discovery;

/// <summary>A subresource as discovery lists it.</summary>
/// <param name="Name">e.g. "log".</param>
/// <param name="Kind">What it takes or gives, e.g. "PodExecOptions".</param>
/// <param name="Verbs">Kubernetes verbs.</param>
internal sealed record Subresource(string Name, string Kind, params string[] Verbs)
{
    public static Subresource Of(Kind kind, string name) => name switch
    {
        "status" => new(name, kind.Name, "get", "patch", "update"),
        "finalize" => new(name, kind.Name, "update"),
        "log" => new(name, kind.Name, "get"),
        "exec" => new(name, "PodExecOptions", "create", "get"),
        "attach" => new(name, "PodAttachOptions", "create", "get"),
        "portforward" => new(name, "PodPortForwardOptions", "create", "get"),
        "binding" => new(name, "Binding", "create"),
        _ => throw new ArgumentException($"discovery does not know what the subresource {name} of {kind.Plural} is", nameof(name)),
    };
}
