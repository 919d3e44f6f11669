using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Vitrine.ApiServer.Structural;

/// <summary>The keywords of a schema that test a value, in the words of OpenAPI 3.</summary>
internal sealed record ValueTests
{
    private Regex? _matcher;

    public string Format { get; init; } = "";

    public IReadOnlyList<JsonNode?>? Enum { get; init; }

    /// <summary>As it was written; see <see cref="Matcher"/>.</summary>
    public string Pattern { get; init; } = "";

    /// <summary>Compiled when the first value is tried; null where there is no pattern.</summary>
    public Regex? Matcher => Pattern.Length == 0 ? null : _matcher ??= GoPattern.Of(Pattern);

    public double? Minimum { get; init; }

    public bool ExclusiveMinimum { get; init; }

    public double? Maximum { get; init; }

    public bool ExclusiveMaximum { get; init; }

    public double? MultipleOf { get; init; }

    public long? MinLength { get; init; }

    public long? MaxLength { get; init; }

    public long? MinItems { get; init; }

    public long? MaxItems { get; init; }

    public long? MinProperties { get; init; }

    public long? MaxProperties { get; init; }

    public IReadOnlyList<StructuralSchema> AllOf { get; init; } = [];

    public IReadOnlyList<StructuralSchema> AnyOf { get; init; } = [];

    public IReadOnlyList<StructuralSchema> OneOf { get; init; } = [];

    public StructuralSchema? Not { get; init; }
}
