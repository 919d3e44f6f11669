namespace Vitrine.ApiServer.Cel;

/// <summary>What is wrong with an expression, or went wrong while it was evaluated.</summary>
internal class CelFault(string message) : Exception(message)
{
    /// <summary>In the words of cel-go.</summary>
    public static CelFault Compiling(string source, int at, string why)
    {
        at = Math.Min(at, source.Length);
        var line = source.AsSpan(0, at).Count('\n') + 1;
        var column = at - (at == 0 ? -1 : source.LastIndexOf('\n', at - 1)) - 1;
        return new CelFault($"ERROR: <input>:{line}:{column + 1}: {why}");
    }

    public static CelFault NoOverload() => new("no such overload");
}

/// <summary>The budget is used up: the whole evaluation ends, whatever operator it is in.</summary>
internal sealed class CelCostFault(string message) : CelFault(message);
