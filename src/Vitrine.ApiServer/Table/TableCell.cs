namespace Vitrine.ApiServer.Table;

/// <summary>One cell: a string, or a number or boolean where the column says so.</summary>
internal readonly record struct TableCell(string? Text, long Number, bool? Flag = null)
{
    /// <summary>Nothing: kubectl prints &lt;none&gt;.</summary>
    public static TableCell None { get; } = new(null, 0) { IsNone = true };

    public bool IsNone { get; private init; }

    /// <summary>A number with a fraction.</summary>
    public double? Real { get; private init; }

    public static TableCell Of(double number) => new(null, 0) { Real = number };

    public static implicit operator TableCell(string text) => new(text, 0);

    public static implicit operator TableCell(long number) => new(null, number);

    public static implicit operator TableCell(bool flag) => new(null, 0, flag);
}
