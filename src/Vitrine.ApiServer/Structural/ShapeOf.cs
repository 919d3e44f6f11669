using Vitrine.ApiServer.Schema;

namespace Vitrine.ApiServer.Structural;

/// <summary>A structural schema in the terms all kinds' types have: what decoding, patching and the owners of fields walk.</summary>
internal static class ShapeOf
{
    private const string Meta = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

    /// <summary>The type of a whole custom object.</summary>
    /// <param name="schema">Of the object.</param>
    /// <param name="name">Of its kind, e.g. com.example.v1.CronTab.</param>
    public static SchemaType Root(StructuralSchema schema, string name) => Type(schema, name, isObject: true);

    private static FieldShape Field(StructuralSchema schema, string name) => schema switch
    {
        { IntOrString: true } => new FieldShape(ValueKind.IntOrString),
        { Type: "array", Items: { } items } => new FieldShape(ValueKind.Array, Field(items, name)),
        { Type: "object", Additional: { } values } => new FieldShape(ValueKind.Map, Field(values, name)),
        { Type: "object", Properties.Count: 0, Preserves: true, Embedded: false } => new FieldShape(ValueKind.Any),
        { Type: "object" } => new FieldShape(ValueKind.Object, TypeName: name) { Inline = Type(schema, name, schema.Embedded) },
        { Type: "string" } => new FieldShape(ValueKind.String),
        { Type: "boolean" } => new FieldShape(ValueKind.Bool),
        { Type: "integer" } => new FieldShape(ValueKind.Int64),
        { Type: "number" } => new FieldShape(ValueKind.Double),
        _ => new FieldShape(ValueKind.Any),
    };

    private static SchemaType Type(StructuralSchema schema, string name, bool isObject)
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
        return new SchemaType(name, fields) { IsOpen = schema.Preserves };
    }
}
