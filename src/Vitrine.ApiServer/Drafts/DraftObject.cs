using System.Text.Json.Nodes;

namespace Vitrine.ApiServer.Drafts;

/// <summary>An object after a create without a server: as it would be stored, or why it would not be.</summary>
/// <param name="Group">of its kind, "" for core</param>
/// <param name="Kind">e.g. "Deployment"</param>
/// <param name="Singular">as kubectl names it: "deployment"</param>
/// <param name="Namespace">"" for cluster-scoped kinds</param>
/// <param name="Name">of the object</param>
/// <param name="Value">filled in and defaulted; as it was given where it was refused or its kind is not served</param>
public sealed record DraftObject(string Group, string Kind, string Singular, string Namespace, string Name, JsonObject Value)
{
    /// <summary>The server knows the kind.</summary>
    public bool Served { get; init; } = true;

    /// <summary>It is there, for others to refer to. Unknown fields are faults that do not keep it out.</summary>
    public bool Stored { get; init; }

    public IReadOnlyList<DraftFault> Faults { get; init; } = [];

    /// <summary>kind/namespace/name, as kubectl names it.</summary>
    public string Key => Namespace.Length == 0 ? $"{Singular}/{Name}" : $"{Singular}/{Namespace}/{Name}";
}
