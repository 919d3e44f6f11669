using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;

namespace Vitrine.ApiServer.Table;

/// <summary>Writes a meta.k8s.io/v1 Table, for lists, single objects and watch events alike.</summary>
internal static class TableWriter
{
    /// <param name="kind">Of all items.</param>
    /// <param name="items">In the order of the rows.</param>
    /// <param name="includeObject">None, Metadata or Object: what each row carries besides its cells.</param>
    /// <param name="resourceVersion">Of the list; "" to leave it out.</param>
    /// <param name="continueToken">Of the list, null when it is the last page.</param>
    /// <param name="now">What ages count to.</param>
    /// <param name="output">Gets UTF-8 JSON.</param>
    public static void Write(Kind kind, IReadOnlyList<JsonObject> items, string includeObject, string resourceVersion, string? continueToken, DateTimeOffset now, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteString("kind", "Table");
        writer.WriteString("apiVersion", "meta.k8s.io/v1");
        writer.WriteStartObject("metadata");
        if (resourceVersion.Length > 0)
        {
            writer.WriteString("resourceVersion", resourceVersion);
        }
        if (!string.IsNullOrEmpty(continueToken))
        {
            writer.WriteString("continue", continueToken);
        }
        writer.WriteEndObject();
        Columns(writer, kind.Table.Columns);
        writer.WriteStartArray("rows");
        foreach (var item in items)
        {
            Row(writer, kind, item, includeObject, now);
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Columns(Utf8JsonWriter writer, IReadOnlyList<TableColumn> columns)
    {
        writer.WriteStartArray("columnDefinitions");
        foreach (var column in columns)
        {
            writer.WriteStartObject();
            writer.WriteString("name", column.Name);
            writer.WriteString("type", column.Type);
            writer.WriteString("format", column.Format);
            writer.WriteString("description", column.Description);
            writer.WriteNumber("priority", column.Priority);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void Row(Utf8JsonWriter writer, Kind kind, JsonObject item, string includeObject, DateTimeOffset now)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("cells");
        foreach (var cell in kind.Table.Row(item, now))
        {
            if (cell.Text is { } text)
            {
                writer.WriteStringValue(text);
            }
            else if (cell.Flag is { } flag)
            {
                writer.WriteBooleanValue(flag);
            }
            else if (cell.IsNone)
            {
                writer.WriteNullValue();
            }
            else if (cell.Real is { } real)
            {
                writer.WriteNumberValue(real);
            }
            else
            {
                writer.WriteNumberValue(cell.Number);
            }
        }
        writer.WriteEndArray();
        if (includeObject == "Object")
        {
            writer.WritePropertyName("object");
            item.WriteTo(writer);
        }
        else if (includeObject != "None")
        {
            writer.WriteStartObject("object");
            writer.WriteString("kind", "PartialObjectMetadata");
            writer.WriteString("apiVersion", "meta.k8s.io/v1");
            writer.WritePropertyName("metadata");
            (item["metadata"] ?? new JsonObject()).WriteTo(writer);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }
}
