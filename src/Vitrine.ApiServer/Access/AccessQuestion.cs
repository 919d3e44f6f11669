using Vitrine.ApiServer.Auth;
using Vitrine.ApiServer.Selectors;

namespace Vitrine.ApiServer.Access;

/// <summary>May this user do that to this? (authorization.k8s.io: ResourceAttributes, NonResourceAttributes)</summary>
/// <param name="Verb">As RBAC names it: get, list, watch, create, update, patch, delete, deletecollection, or one that only an authorizer knows, e.g. bind.</param>
/// <param name="Group">API group, "" for core.</param>
/// <param name="Resource">Plural, e.g. "pods"; "" when the question is about <see cref="Path"/>.</param>
internal readonly record struct AccessQuestion(ClientUser User, string Verb, string Group, string Resource)
{
    /// <summary>e.g. "log", or "".</summary>
    public string Subresource { get; init; } = "";

    /// <summary>"" at the cluster scope, and for all namespaces together.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>"" for a collection.</summary>
    public string Name { get; init; } = "";

    /// <summary>Of a URL that is no resource; "" otherwise.</summary>
    public string Path { get; init; } = "";

    /// <summary>What a list or watch is restricted to; null for everything.</summary>
    public FieldSelector? Fields { get; init; }

    /// <summary>Resource with its subresource, as messages name it.</summary>
    public string Part => Subresource.Length == 0 ? Resource : $"{Resource}/{Subresource}";

    public static AccessQuestion OfPath(ClientUser user, string method, string path) => new(user, method.ToLowerInvariant(), "", "") { Path = path };

    /// <summary>The value a list or watch is restricted to, or null.</summary>
    public string? Selects(string label) => Fields?.Requirements.FirstOrDefault(r => r.Equal && r.Label == label)?.Value;
}
