using Spectre.Console;

namespace Vitrine.Verbs;

/// <summary>Tables as kubectl prints them: no lines, upper-case heads, columns that do not wrap.</summary>
internal static class TextTable
{
    public static Table Create(params string[] heads)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = true };
        foreach (var head in heads)
        {
            table.AddColumn(new TableColumn(head) { NoWrap = true, Padding = new Padding(0, 0, 3, 0) });
        }

        return table;
    }
}
