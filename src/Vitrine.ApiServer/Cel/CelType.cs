using Vitrine.ApiServer.Structural;

namespace Vitrine.ApiServer.Cel;

internal enum CelKind
{
    Dyn,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Timestamp,
    Duration,
    Quantity,
    Ip,
    Cidr,
    Url,
    Format,
    Type,
    List,
    Map,
    Object,
    Optional,

    /// <summary>A or B in a signature: any type, the same wherever it stands.</summary>
    Parameter,
}

/// <summary>The type of an expression.</summary>
/// <param name="Item">Of a list, an optional, the values of a map.</param>
/// <param name="Key">Of a map.</param>
/// <param name="Schema">Of an object.</param>
/// <param name="Name">Of a parameter.</param>
internal sealed record CelType(CelKind Kind, CelType? Item = null, CelType? Key = null, StructuralSchema? Schema = null, string Name = "")
{
    public static CelType Dyn { get; } = new(CelKind.Dyn);

    public static CelType Bool { get; } = new(CelKind.Bool);

    public static CelType Int { get; } = new(CelKind.Int);

    public static CelType String { get; } = new(CelKind.String);

    public static CelType ListOf(CelType item) => new(CelKind.List, item);

    public static CelType MapOf(CelType key, CelType value) => new(CelKind.Map, value, key);

    public static CelType OptionalOf(CelType value) => new(CelKind.Optional, value);

    /// <summary>May be compared with null.</summary>
    public bool IsNullable { get; init; }

    /// <summary>The type a value of a schema has in rules (k8s.io/apiserver/pkg/cel/common: SchemaDeclType).</summary>
    public static CelType Of(StructuralSchema schema)
    {
        var type = schema switch
        {
            { IntOrString: true } => Dyn,
            { Type: "array" } => ListOf(schema.Items is { } items ? Of(items) : Dyn),
            { Type: "object", Additional: { } values } => MapOf(String, Of(values)),
            { Type: "object" } => new CelType(CelKind.Object, Schema: schema.Embedded ? CelFields.WithMeta(schema) : schema),
            { Type: "string", Format: "date" or "date-time" } => new CelType(CelKind.Timestamp),
            { Type: "string", Format: "duration" } => new CelType(CelKind.Duration),
            { Type: "string", Format: "byte" } => new CelType(CelKind.Bytes),
            { Type: "string" } => String,
            { Type: "boolean" } => Bool,
            { Type: "integer" } => Int,
            { Type: "number" } => new CelType(CelKind.Double),
            _ => Dyn,
        };
        return schema.Nullable ? type with { IsNullable = true } : type;
    }

    /// <summary>Reads the notation of <see cref="CelSignatures"/>: int, list&lt;A&gt;, map&lt;A,B&gt;, optional&lt;string&gt;.</summary>
    public static CelType Parse(string text)
    {
        if (text is "A" or "B")
        {
            return new CelType(CelKind.Parameter, Name: text);
        }
        if (text.EndsWith('>'))
        {
            var (kind, inner) = (text[..text.IndexOf('<', StringComparison.Ordinal)], text[(text.IndexOf('<', StringComparison.Ordinal) + 1)..^1]);
            return kind switch
            {
                "list" => ListOf(Parse(inner)),
                "optional" => OptionalOf(Parse(inner)),
                _ => MapOf(Parse(inner[..inner.IndexOf(',', StringComparison.Ordinal)]), Parse(inner[(inner.IndexOf(',', StringComparison.Ordinal) + 1)..])),
            };
        }
        return new CelType(Enum.Parse<CelKind>(text, ignoreCase: true));
    }

    /// <summary>True when a value of one may stand where one of the other is expected.</summary>
    public static bool Fit(CelType one, CelType other) => (one.Kind, other.Kind) switch
    {
        (CelKind.Dyn, _) or (_, CelKind.Dyn) => true,
        (CelKind.Null, var kind) => kind == CelKind.Null || MayBeNull(other),
        (var kind, CelKind.Null) => MayBeNull(one),
        // Objects have no names: what differs shows when their fields are compared.
        (CelKind.Object or CelKind.Map, CelKind.Object or CelKind.Map) => one.Kind != other.Kind || one.Kind == CelKind.Object || (Fit(one.Key!, other.Key!) && Fit(one.Item!, other.Item!)),
        (CelKind.List, CelKind.List) or (CelKind.Optional, CelKind.Optional) => Fit(one.Item!, other.Item!),
        var (a, b) => a == b,
    };

    public override string ToString() => Kind switch
    {
        CelKind.List => $"list({Item})",
        CelKind.Map => $"map({Key}, {Item})",
        CelKind.Optional => $"optional_type({Item})",
        CelKind.Parameter => Name,
        CelKind.Format => "kubernetes.NamedFormat",
        _ => Kind.ToString().ToLowerInvariant(),
    };

    private static bool MayBeNull(CelType type) => type.IsNullable || type.Kind is CelKind.Object or CelKind.Timestamp or CelKind.Duration or CelKind.Optional;
}
