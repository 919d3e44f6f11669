namespace Vitrine.ApiServer.Table;

/// <summary>One cell: a string, or an integer or boolean where the column says so.</summary>
internal readonly record struct TableCell(string? Text, long Number, bool? Flag = null)
{
    public static implicit operator TableCell(string text) => new(text, 0);

    public static implicit operator TableCell(long number) => new(null, number);

    public static implicit operator TableCell(bool flag) => new(null, 0, flag);
}
