namespace Vitrine.Control.Garbage;

/// <summary>A kind discovery says can be listed, watched and deleted.</summary>
/// <param name="Version">apiVersion, e.g. "apps/v1".</param>
/// <param name="Kind">e.g. "ReplicaSet".</param>
/// <param name="Plural">e.g. "replicasets".</param>
/// <param name="Namespaced">Its objects live in namespaces.</param>
internal sealed record GarbageKind(string Version, string Kind, string Plural, bool Namespaced)
{
    private string Root => Version.Contains('/', StringComparison.Ordinal) ? $"apis/{Version}" : $"api/{Version}";

    public string Collection => $"{Root}/{Plural}";

    /// <summary>Group and plural: the same objects whatever the version.</summary>
    public string Name => $"{(Version.Contains('/', StringComparison.Ordinal) ? Version[..Version.IndexOf('/', StringComparison.Ordinal)] : "")}/{Plural}";

    public string Group => Name[..Name.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>The collection of one namespace.</summary>
    public string In(string ns) => $"{Root}/namespaces/{ns}/{Plural}";

    public string Of(string ns, string name) => Namespaced ? $"{In(ns)}/{name}" : $"{Root}/{Plural}/{name}";
}
