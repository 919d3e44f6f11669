using System.Text.Json.Serialization;

namespace Vitrine.Clusters;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ClusterSpec))]
internal sealed partial class ClusterJson : JsonSerializerContext;
