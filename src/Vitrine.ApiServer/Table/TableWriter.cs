using System.Buffers;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;

namespace Vitrine.ApiServer.Table;

internal static class TableWriter
{
    public static void Write(Kind kind, IReadOnlyList<JsonObject> items, string includeObject, string resourceVersion, string? continueToken, DateTimeOffset now, IBufferWriter<byte> output)
    {
    }
}
