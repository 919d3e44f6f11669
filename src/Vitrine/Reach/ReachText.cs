using Vitrine.Verbs;

namespace Vitrine.Reach;

/// <summary>The matrix as a table, a line for each pair and port.</summary>
internal static class ReachText
{
    private const int Shown = 3;

    public static void Print(TextWriter output, ReachMatrix matrix)
    {
        if (matrix.Cells.Count == 0)
        {
            output.WriteLine("no two ends here that could talk to each other");
            return;
        }
        var table = new TextTable("FROM", "TO", "PORT", "", "WHY");
        foreach (var cell in matrix.Cells)
            table.Add(cell.From, cell.To, cell.Port, cell.Allowed switch { "yes" => "✓", "no" => "✗", _ => "some" }, Why(cell));
        table.Print(output);
    }

    /// <summary>In a few words.</summary>
    public static string Why(ReachCell cell)
    {
        var names = string.Join("; ", cell.Policies.Take(Shown)) + (cell.Policies.Count > Shown ? $"; {cell.Policies.Count - Shown} more" : "");
        return cell.DeniedBy.Length > 0 ? $"{(cell.DeniedBy == "both" ? "egress and ingress" : cell.DeniedBy)} denied: {names}" : names.Length > 0 ? $"allowed by {names}" : "no policy is against it";
    }
}
