namespace Vitrine.ApiServer.Cel;

/// <summary>Values that may be absent.</summary>
internal static class CelOptionals
{
    public static IReadOnlyDictionary<string, CelFunction> All { get; } = new Dictionary<string, CelFunction>
    {
        ["optional.of"] = static (args, _) => CelOptional.Of(args[0]),
        ["optional.none"] = static (_, _) => CelOptional.None,
        ["optional.ofNonZeroValue"] = static (args, _) => IsZero(args[0]) ? CelOptional.None : CelOptional.Of(args[0]),
        [".hasValue"] = static (args, _) => Of(args[0]).HasValue,
        [".value"] = static (args, _) => Of(args[0]) is { HasValue: true } found ? found.Value : throw new CelFault("optional.none() dereference"),
        [".or"] = static (args, _) => Of(args[0]).HasValue ? args[0] : Of(args[1]),
        [".orValue"] = static (args, _) => Of(args[0]) is { HasValue: true } found ? found.Value : args[1],
    };

    private static CelOptional Of(object? value) => value as CelOptional ?? throw CelFault.NoOverload();

    private static bool IsZero(object? value) => value switch
    {
        null or false or 0L or 0UL or 0.0 or "" => true,
        byte[] bytes => bytes.Length == 0,
        CelList list => list.Items.Count == 0,
        TimeSpan span => span == default,
        _ => CelMap.Of(value) is { Count: 0 },
    };
}
