using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;

namespace Vitrine.ApiServer.Patch;

internal static class PatchApplier
{
    public static JsonObject Apply(Kind kind, JsonObject current, ReadOnlyMemory<byte> patch, string? contentType) => current;
}
