using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Feed;

/// <summary>The feed's messages as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(IgnoreReadOnlyProperties = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PlanPatch))]
[JsonSerializable(typeof(PlanAnswer))]
[JsonSerializable(typeof(VirtualHost))]
[JsonSerializable(typeof(ServerCertificate))]
[JsonSerializable(typeof(PassthroughRoute))]
[JsonSerializable(typeof(Upstream))]
internal sealed partial class FeedJson : JsonSerializerContext
{
    /// <summary>Records with lists in them are compared by what is written of them.</summary>
    public static bool Same<T>(T a, T b, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(a, type).AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(b, type));
}
