using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vitrine.ApiServer.Objects;

/// <summary>JSON as Go writes it but for its escapes of HTML: nothing is escaped that need not be.</summary>
internal static class JsonText
{
    public static JsonSerializerOptions Plain { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>UTF-8; null stays null.</summary>
    public static byte[]? Bytes(JsonNode? node) => node is null ? null : Encoding.UTF8.GetBytes(node.ToJsonString(Plain));
}
