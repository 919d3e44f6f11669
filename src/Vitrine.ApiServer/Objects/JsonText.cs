using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vitrine.ApiServer.Objects;

/// <summary>JSON as Go writes it but for its escapes of HTML: nothing is escaped that need not be.</summary>
internal static class JsonText
{
    public static JsonSerializerOptions Plain { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
