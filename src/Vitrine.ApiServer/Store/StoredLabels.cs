using System.Collections.Frozen;
using System.Text.Json;

namespace Vitrine.ApiServer.Store;

/// <summary>Reads metadata.labels out of an object's bytes without building a tree.</summary>
internal static class StoredLabels
{
    public static IReadOnlyDictionary<string, string> Read(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 1000 });
        reader.Read();
        if (!Enter(ref reader, "metadata"u8) || !Enter(ref reader, "labels"u8))
        {
            return FrozenDictionary<string, string>.Empty;
        }

        Dictionary<string, string> labels = new(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            labels[key] = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        }

        return labels;
    }

    // On a StartObject: moves onto the StartObject of the named member.
    private static bool Enter(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool found = reader.ValueTextEquals(name);
            reader.Read();
            if (found)
            {
                return reader.TokenType == JsonTokenType.StartObject;
            }

            reader.Skip();
        }

        return false;
    }
}
