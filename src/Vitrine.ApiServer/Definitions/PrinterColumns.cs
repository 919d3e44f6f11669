using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Structural;
using Vitrine.ApiServer.Table;

namespace Vitrine.ApiServer.Definitions;

/// <summary>What kubectl get prints of a custom kind (pkg/registry/customresource/tableconvertor).</summary>
internal static class PrinterColumns
{
    /// <param name="columns">additionalPrinterColumns; without any, there is the age.</param>
    public static TableLayout Layout(JsonArray? columns)
    {
        if (columns is not { Count: > 0 })
        {
            return new TableLayout([TableColumn.ObjectName, TableColumn.Age with { Type = "date" }], static (value, now) => [Ages.NameOf(value), Ages.Of(value, now)]);
        }
        var read = columns.OfType<JsonObject>().Select(static column => (Type: column.Text("type"), Path: JsonPath.Parse(column.Text("jsonPath")))).ToArray();
        return new TableLayout(
            [TableColumn.ObjectName, .. columns.OfType<JsonObject>().Select(Column)],
            (value, now) => [Ages.NameOf(value), .. read.Select(column => Cell(column.Path.First(value), column.Type, now))]);
    }

    private static TableColumn Column(JsonObject column) => new(
        column.Text("name"),
        column.Text("description") is { Length: > 0 } said ? said : $"Custom resource definition column (in JSONPath format): {column.Text("jsonPath")}",
        (int)(column.Number("priority") ?? 0),
        column.Text("type"),
        column.Text("format"));

    private static TableCell Cell(JsonNode? value, string type, DateTimeOffset now) => value is null ? TableCell.None : type switch
    {
        "string" => value.AsText() ?? value.ToJsonString(JsonText.Plain),
        "integer" when Numbers.Real(value) is { } number and >= long.MinValue and < long.MaxValue => (long)number,
        "number" when Numbers.Real(value) is { } number => TableCell.Of(number),
        "boolean" when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => value.GetValue<bool>(),
        "date" when value.AsText() is { } text => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? Ages.Since(moment, now) : "<invalid>",
        _ => TableCell.None,
    };
}
