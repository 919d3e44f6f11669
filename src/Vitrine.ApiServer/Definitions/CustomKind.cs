using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Schema;
using Vitrine.ApiServer.Store;
using Vitrine.ApiServer.Structural;

namespace Vitrine.ApiServer.Definitions;

/// <summary>
/// What a definition says of one version of its kind, ready for use. Lives as long as the definition's generation: a change makes another,
/// and what was worked out with the old one is worked out again.
/// </summary>
/// <param name="Definition">Name of the definition, e.g. crontabs.stable.example.com.</param>
/// <param name="Stamp">Differs from that of any other definition and generation.</param>
/// <param name="ApiVersion">Group and version.</param>
/// <param name="Name">Of the kind.</param>
/// <param name="OpenApi">The schema as it was written, for clients: UTF-8 JSON, which takes a tenth of the tree.</param>
/// <param name="Schema">The same, compiled.</param>
internal sealed record CustomKind(string Definition, string Stamp, string ApiVersion, string Name, byte[] OpenApi, StructuralSchema Schema)
{
    private static readonly SchemaField Metadata = new("metadata", FieldShape.Parse("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"), false, "", "");

    /// <summary>What every object has; whatever else it has is the schema's business.</summary>
    private readonly SchemaType envelope = new(Name, new Dictionary<string, SchemaField> { ["metadata"] = Metadata }) { IsOpen = true };

    private readonly Lazy<FieldShape> shape = new(() => ShapeOf.Root(Schema, Name));

    /// <summary>The schema as all kinds have it: what the managers of fields are told apart by.</summary>
    public FieldShape Shape => shape.Value;

    public SchemaType Type => Shape.Object!;

    /// <summary>Null where the kind has no scale subresource.</summary>
    public ScalePaths? Scale { get; init; }

    /// <summary>Told with every answer about a deprecated version; "" for others.</summary>
    public string Deprecation { get; init; } = "";

    /// <summary>Makes a body what is stored of it: unknown fields leave and are named. Throws <see cref="TypeMismatchException"/> for metadata that is none.</summary>
    public void Conform(JsonObject value, List<string> unknown)
    {
        new Conformer(unknown).Conform(value, envelope);
        Pruner.Prune(value, Schema, unknown);
    }

    /// <summary>An object as this version shows it, whatever version and schema it was written with.</summary>
    public StoredObject View(StoredObject stored)
    {
        var value = stored.Parse();
        value["apiVersion"] = ApiVersion;
        value["kind"] = Name;
        Pruner.Prune(value, Schema, null);
        Defaulter.Fill(value, Schema);
        if (JsonNode.DeepEquals(value, stored.Parse()))
        {
            return stored;
        }
        var payload = ObjectPayload.From(value);
        return new StoredObject(stored.Namespace, stored.Name, stored.Revision, payload.Stamp(stored.Revision), payload.RevisionAt);
    }
}
