namespace Vitrine.ApiServer.Table;

/// <summary>One cell: a string, or an integer where the column says so.</summary>
internal readonly record struct TableCell(string? Text, long Number)
{
    public static implicit operator TableCell(string text) => new(text, 0);

    public static implicit operator TableCell(long number) => new(null, number);
}
