using System.Text.Json.Nodes;
using Vitrine.ApiServer.Cel;

namespace Vitrine.ApiServer.Structural;

/// <summary>
/// A node of a custom resource's schema (kubernetes.io: "Specifying a structural schema"): what a value may be, which of its fields are
/// kept, what is filled in, and how managers share it. The schemas below allOf, anyOf, oneOf and not are such nodes too, of which only the
/// tests count.
/// </summary>
internal sealed record StructuralSchema
{
    public static IReadOnlyDictionary<string, StructuralSchema> NoProperties { get; } = new Dictionary<string, StructuralSchema>();

    /// <summary>array, boolean, integer, number, object, string, or "" for any.</summary>
    public string Type { get; init; } = "";

    public bool Nullable { get; init; }

    /// <summary>x-kubernetes-int-or-string</summary>
    public bool IntOrString { get; init; }

    /// <summary>x-kubernetes-preserve-unknown-fields</summary>
    public bool Preserves { get; init; }

    /// <summary>x-kubernetes-embedded-resource: a whole object with apiVersion, kind and metadata.</summary>
    public bool Embedded { get; init; }

    /// <summary>x-kubernetes-list-type: atomic, set, map, or "".</summary>
    public string ListType { get; init; } = "";

    /// <summary>x-kubernetes-list-map-keys</summary>
    public IReadOnlyList<string> ListKeys { get; init; } = [];

    /// <summary>x-kubernetes-map-type: atomic, granular, or "".</summary>
    public string MapType { get; init; } = "";

    /// <summary>Never changed: copied into objects.</summary>
    public JsonNode? Default { get; init; }

    public IReadOnlyDictionary<string, StructuralSchema> Properties { get; init; } = NoProperties;

    public StructuralSchema? Items { get; init; }

    /// <summary>The values of a map; null when there is no additionalProperties.</summary>
    public StructuralSchema? Additional { get; init; }

    /// <summary>What a value has to be besides; null for most nodes, which only say a type.</summary>
    public ValueTests? Tests { get; init; }

    public string Format => Tests?.Format ?? "";

    public IReadOnlyList<string> Required { get; init; } = [];

    /// <summary>x-kubernetes-validations, ready to be asked; none while the definition itself is still judged.</summary>
    public IReadOnlyList<CelRule> Rules { get; init; } = [];

    /// <summary>True when this node, or one below it, has rules: most have none, and their values are passed over.</summary>
    public bool HasRules { get; init; }
}
