namespace Vitrine.ApiServer.Cel;

/// <summary>A function or operator by its name and values. Each takes what <see cref="CelSignatures"/> says; anything else, which only dyn lets through, is no such overload.</summary>
internal delegate object? CelFunction(object?[] arguments, CelBudget budget);

/// <summary>All functions there are.</summary>
internal static class CelFunctions
{
    private static readonly Dictionary<string, CelFunction> s_all = ((IReadOnlyDictionary<string, CelFunction>[])
        [CelOperators.All, CelConversions.All, CelStrings.All, CelLists.All, CelTimes.All, CelQuantities.All, CelNetwork.All, CelOptionals.All, CelFormats.All])
        .SelectMany(static library => library).ToDictionary(StringComparer.Ordinal);

    public static bool Has(string name) => s_all.ContainsKey(name);

    public static object? Call(string name, object?[] arguments, CelBudget budget) => s_all.TryGetValue(name, out var function) ? function(arguments, budget) : throw CelFault.NoOverload();
}
