namespace Vitrine.ApiServer.Schema;

/// <summary>An object of the API: its full name and its fields, sorted by name as upstream's documents have them.</summary>
internal sealed record SchemaType(string Name, IReadOnlyDictionary<string, SchemaField> Fields)
{
    /// <summary>True when fields that are not listed are kept (x-kubernetes-preserve-unknown-fields).</summary>
    public bool IsOpen { get; init; }

    /// <summary>True when such an object has one owner as a whole, wherever it stands (x-kubernetes-map-type: atomic).</summary>
    public bool IsAtomic { get; init; }

    /// <summary>"Container" of "io.k8s.api.core.v1.Container".</summary>
    public string ShortName => Name[(Name.LastIndexOf('.') + 1)..];

    /// <summary>"v1.Container", as Go prints the type.</summary>
    public string GoName => Name[(Name.LastIndexOf('.', Name.LastIndexOf('.') - 1) + 1)..];
}
