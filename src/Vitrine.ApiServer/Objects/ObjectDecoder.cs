using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;

namespace Vitrine.ApiServer.Objects;

internal static class ObjectDecoder
{
    public static JsonObject Decode(ReadOnlyMemory<byte> body, string? contentType, Kind kind, FieldValidation mode, List<string> warnings) =>
        JsonNode.Parse(body.Span)!.AsObject();
}
