using System.Collections.Frozen;
using System.Text.Json;

namespace Vitrine.ApiServer.Store;

/// <summary>Reads parts of metadata out of an object's bytes without building a tree.</summary>
internal static class StoredMetadata
{
    public static IReadOnlyDictionary<string, string> Labels(ReadOnlySpan<byte> json)
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

    public static bool IsDeleting(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 1000 });
        reader.Read();
        return Enter(ref reader, "metadata"u8) && Find(ref reader, "deletionTimestamp"u8) && reader.TokenType == JsonTokenType.String;
    }

    private static bool Enter(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        Find(ref reader, name) && reader.TokenType == JsonTokenType.StartObject;

    // On a StartObject: moves onto the value of the named member.
    private static bool Find(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool found = reader.ValueTextEquals(name);
            reader.Read();
            if (found)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }
}
