using System.Text.Json.Serialization;

namespace Vitrine.Mapping;

/// <summary>Which cluster a page is of, and whether it may change anything.</summary>
internal sealed record MapAbout(string Name, string Context, bool MayApply);

/// <summary>Why there is no answer, and what to do.</summary>
internal sealed record MapFailure(string Error, string? Remedy);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MapAbout))]
[JsonSerializable(typeof(MapFailure))]
[JsonSerializable(typeof(StationReport))]
[JsonSerializable(typeof(Rates))]
[JsonSerializable(typeof(IReadOnlyList<NodeWay>))]
[JsonSerializable(typeof(NodeWay))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class MapJson : JsonSerializerContext;
