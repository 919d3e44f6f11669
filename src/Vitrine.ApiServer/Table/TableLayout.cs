using System.Text.Json.Nodes;

namespace Vitrine.ApiServer.Table;

/// <summary>The columns of a kind and how one object fills them, in the same order.</summary>
internal sealed record TableLayout(IReadOnlyList<TableColumn> Columns, Func<JsonObject, DateTimeOffset, TableCell[]> Row)
{
    /// <summary>For kinds without columns of their own.</summary>
    public static TableLayout NameAndAge { get; } = new(
        [TableColumn.ObjectName, new TableColumn("Created At", "CreationTimestamp is a timestamp representing the server time when this object was created.")],
        static (obj, _) => [Ages.NameOf(obj), Objects.JsonFields.TextAt(obj, "metadata.creationTimestamp")]);
}
