namespace Vitrine.Model.Explain.Services;

/// <summary>What somebody may have meant.</summary>
public static class Nearest
{
    /// <summary>The candidate with the fewest letters changed, swapped, added or left out, when that is at most a third of the text; null for none. The first of several.</summary>
    public static string? To(string text, IEnumerable<string> candidates) => candidates
        .Select(c => (Candidate: c, Distance: Distance(text, c)))
        .Where(c => c.Distance <= Math.Max(1, text.Length / 3))
        .OrderBy(c => c.Distance).ThenBy(c => c.Candidate, StringComparer.Ordinal)
        .Select(c => c.Candidate).FirstOrDefault();

    /// <summary>Optimal string alignment: insertions, deletions, substitutions, and swaps of neighbours.</summary>
    public static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                var least = Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    least = Math.Min(least, rows[i - 2, j - 2] + 1);
                rows[i, j] = least;
            }
        return rows[a.Length, b.Length];
    }
}
