using System.Globalization;

namespace Vitrine.Control.Jobs;

/// <summary>Completion indexes as a status spells them: "0-2,5".</summary>
internal static class IndexList
{
    /// <summary>Indexes below <paramref name="completions"/>; what cannot be read is left out.</summary>
    public static SortedSet<int> Parse(string? text, int completions)
    {
        var indexes = new SortedSet<int>();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = part.Split('-');
            if (int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var from) && int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var to))
            {
                for (var i = from; i <= to && i < completions; i++)
                {
                    indexes.Add(i);
                }
            }
        }

        return indexes;
    }

    public static string Format(SortedSet<int> indexes)
    {
        var parts = new List<string>();
        var (from, to) = (-1, -2);
        foreach (var index in indexes)
        {
            if (index == to + 1)
            {
                to = index;
                continue;
            }

            Close();
            (from, to) = (index, index);
        }

        Close();
        return string.Join(',', parts);

        // Two neighbours are a list, three or more a range, as upstream writes them.
        void Close()
        {
            if (from >= 0)
            {
                parts.Add(from == to ? $"{from}" : to == from + 1 ? $"{from},{to}" : $"{from}-{to}");
            }
        }
    }
}
