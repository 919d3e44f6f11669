namespace Vitrine.ApiServer.Schema;

/// <summary>The type of a field: a scalar, a list or map of <see cref="Item"/>, or the object named <see cref="TypeName"/>.</summary>
internal sealed record FieldShape(ValueKind Kind, FieldShape? Item = null, string TypeName = "")
{
    /// <summary>How managers share it.</summary>
    public Topology Topology { get; init; }

    /// <summary>Of a list with <see cref="Topology.Map"/>, sorted by name.</summary>
    public IReadOnlyList<ListKey> Keys { get; init; } = [];

    /// <summary>True when it has one owner as a whole.</summary>
    public bool IsAtomic => Topology == Topology.Atomic || (Topology == Topology.Default && (Kind == ValueKind.Array || Object is { IsAtomic: true }));

    /// <summary>The object's own schema where it has no name that all know: a custom kind's.</summary>
    public SchemaType? Inline { get; init; }

    /// <summary>The object's own schema, or null for anything else.</summary>
    public SchemaType? Object => Kind == ValueKind.Object ? Inline ?? SchemaSet.Get(TypeName) : null;

    /// <summary>Reads the notation of schema.txt: <c>string</c>, <c>[]int32</c>, <c>{}quantity</c>, an object's full name, or
    /// <c>?name</c> for what may be such an object or anything else.</summary>
    public static FieldShape Parse(string text) => text switch
    {
        ['[', ']', .. var item] => new FieldShape(ValueKind.Array, Parse(item)),
        ['{', '}', .. var item] => new FieldShape(ValueKind.Map, Parse(item)),
        ['?', .. var type] => new FieldShape(ValueKind.Any, TypeName: type),
        "string" => new FieldShape(ValueKind.String),
        "bytes" => new FieldShape(ValueKind.Bytes),
        "time" => new FieldShape(ValueKind.Time),
        "microtime" => new FieldShape(ValueKind.MicroTime),
        "int32" => new FieldShape(ValueKind.Int32),
        "int64" => new FieldShape(ValueKind.Int64),
        "double" => new FieldShape(ValueKind.Double),
        "bool" => new FieldShape(ValueKind.Bool),
        "quantity" => new FieldShape(ValueKind.Quantity),
        "intorstring" => new FieldShape(ValueKind.IntOrString),
        "any" => new FieldShape(ValueKind.Any),
        _ => new FieldShape(ValueKind.Object, TypeName: text),
    };

    /// <summary>As Go names the type in its decoding errors, e.g. <c>[]v1.Container</c> or <c>map[string]string</c>.</summary>
    public string GoName => Kind switch
    {
        ValueKind.Array => "[]" + Item!.GoName,
        ValueKind.Map => "map[string]" + Item!.GoName,
        ValueKind.Object => Object!.GoName,
        ValueKind.Bytes => "[]uint8",
        ValueKind.Time => "v1.Time",
        ValueKind.MicroTime => "v1.MicroTime",
        ValueKind.Int32 => "int32",
        ValueKind.Int64 => "int64",
        ValueKind.Double => "float64",
        ValueKind.Bool => "bool",
        ValueKind.Quantity => "resource.Quantity",
        ValueKind.IntOrString => "intstr.IntOrString",
        ValueKind.Any => "interface {}",
        _ => "string",
    };
}
