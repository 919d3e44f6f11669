using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Vitrine.Model.Plans.Gateway.Matching;

/// <summary>Users' regular expressions: over the whole text, in linear time, whatever the culture.</summary>
public static class Expressions
{
    /// <summary>False for what cannot be read, or only with backtracking (lookarounds, back references, atomic groups).</summary>
    public static bool TryParse(string expression, [NotNullWhen(true)] out Regex? regex)
    {
        try
        {
            // The group keeps the numbers of the user's own groups.
            regex = new Regex($@"\A(?:{expression})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or InsufficientExecutionStackException)
        {
            regex = null;
            return false;
        }
    }
}
