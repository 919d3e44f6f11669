using System.Text.Json.Nodes;
using Vitrine.ApiServer.Schema;

namespace Vitrine.ApiServer.Structural;

/// <summary>A structural schema in the terms all kinds' types have: what decoding, patching and the owners of fields walk.</summary>
internal static class ShapeOf
{
    private const string Meta = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

    /// <summary>A whole custom object.</summary>
    /// <param name="schema">Of the object.</param>
    /// <param name="name">Of its kind.</param>
    public static FieldShape Root(StructuralSchema schema, string name) => Whole(schema, name, isObject: true);

    private static FieldShape Field(StructuralSchema schema, string name) => schema switch
    {
        { IntOrString: true } => new FieldShape(ValueKind.IntOrString),
        { Type: "array", Items: { } items } => new FieldShape(ValueKind.Array, Field(items, name)) { Topology = OfList(schema), Keys = Keys(schema) },
        { Type: "object", Additional: { } values } => new FieldShape(ValueKind.Map, Field(values, name)) { Topology = OfMap(schema) },
        { Type: "object", Properties.Count: 0, Preserves: true, Embedded: false, MapType: not "atomic" } => new FieldShape(ValueKind.Any),
        { Type: "object" } => Whole(schema, name, schema.Embedded),
        { Type: "string" } => new FieldShape(ValueKind.String),
        { Type: "boolean" } => new FieldShape(ValueKind.Bool),
        { Type: "integer" } => new FieldShape(ValueKind.Int64),
        { Type: "number" } => new FieldShape(ValueKind.Double),
        _ => new FieldShape(ValueKind.Any),
    };

    private static FieldShape Whole(StructuralSchema schema, string name, bool isObject)
    {
        var fields = new SortedDictionary<string, SchemaField>(StringComparer.Ordinal);
        foreach (var (field, property) in schema.Properties)
        {
            fields[field] = new SchemaField(field, Field(property, $"{name}.{field}"), schema.Required.Contains(field), "", "");
        }
        if (isObject)
        {
            fields["apiVersion"] = new SchemaField("apiVersion", new FieldShape(ValueKind.String), false, "", "");
            fields["kind"] = new SchemaField("kind", new FieldShape(ValueKind.String), false, "", "");
            fields["metadata"] = new SchemaField("metadata", new FieldShape(ValueKind.Object, TypeName: Meta), false, "", "");
        }
        return new FieldShape(ValueKind.Object, TypeName: name) { Inline = new SchemaType(name, fields) { IsOpen = schema.Preserves }, Topology = OfMap(schema) };
    }

    private static Topology OfMap(StructuralSchema schema) => schema.MapType == "atomic" ? Topology.Atomic : Topology.Default;

    private static Topology OfList(StructuralSchema schema) => schema.ListType switch
    {
        "set" => Topology.Set,
        "map" => Topology.Map,
        "atomic" => Topology.Atomic,
        _ => Topology.Default,
    };

    private static ListKey[] Keys(StructuralSchema schema) =>
        [.. schema.ListKeys.Order(StringComparer.Ordinal).Select(key => new ListKey(key, schema.Items?.Properties.GetValueOrDefault(key)?.Default as JsonValue))];
}
