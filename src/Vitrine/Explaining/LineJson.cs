using System.Text.Json.Serialization;

namespace Vitrine.Explaining;

/// <summary>An object a line: what follows on its own for as long as it likes is read line by line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FlowLine))]
[JsonSerializable(typeof(AnsweredQuestion))]
internal sealed partial class LineJson : JsonSerializerContext;
