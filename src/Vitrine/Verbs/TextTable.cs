namespace Vitrine.Verbs;

/// <summary>Tables as kubectl prints them: upper-case heads, columns three blanks apart, nothing wrapped or cut.</summary>
internal sealed class TextTable(params string[] heads)
{
    private const int Gap = 3;
    private readonly List<string[]> rows = [];

    /// <summary>A row; the cells it lacks at its end are empty.</summary>
    public void Add(params string?[] cells) => rows.Add([.. cells.Select(c => c ?? ""), .. Enumerable.Repeat("", heads.Length - cells.Length)]);

    public void Print(TextWriter output)
    {
        var widths = heads.Select((h, i) => rows.Select(r => r[i].Length).Append(h.Length).Max() + Gap).ToArray();
        foreach (var row in rows.Prepend(heads))
        {
            output.WriteLine(string.Concat(row.Select((c, i) => c.PadRight(widths[i]))).TrimEnd());
        }
    }
}
