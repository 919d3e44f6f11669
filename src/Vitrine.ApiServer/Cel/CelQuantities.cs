using System.Numerics;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Cel;

/// <summary>Kubernetes' quantities (k8s.io/apiserver/pkg/cel/library/quantity.go).</summary>
internal static class CelQuantities
{
    private static readonly BigInteger s_unit = 1_000_000_000;

    public static IReadOnlyDictionary<string, CelFunction> All { get; } = new Dictionary<string, CelFunction>
    {
        ["quantity"] = static (args, _) => args[0] is string text ? Quantity.TryParse(text, out var made) ? made : throw new CelFault(Quantity.Expected) : throw CelFault.NoOverload(),
        ["isQuantity"] = static (args, _) => args[0] is string text && Quantity.TryParse(text, out var _),
        [".sign"] = static (args, _) => (long)Of(args[0]).Nanos.Sign,
        [".isInteger"] = static (args, _) => Whole(Of(args[0])) is not null,
        [".asInteger"] = static (args, _) => Whole(Of(args[0])) ?? throw new CelFault("cannot convert value to integer"),
        [".asApproximateFloat"] = static (args, _) => (double)Of(args[0]).Nanos / 1e9,
        [".add"] = static (args, _) => Of(args[0]) is var one ? one with { Nanos = one.Nanos + Nanos(args[1]) } : throw CelFault.NoOverload(),
        [".sub"] = static (args, _) => Of(args[0]) is var one ? one with { Nanos = one.Nanos - Nanos(args[1]) } : throw CelFault.NoOverload(),
        [".isGreaterThan"] = static (args, _) => Of(args[0]).CompareTo(Of(args[1])) > 0,
        [".isLessThan"] = static (args, _) => Of(args[0]).CompareTo(Of(args[1])) < 0,
        [".compareTo"] = static (args, _) => (long)Math.Sign(Of(args[0]).CompareTo(Of(args[1]))),
    };

    private static Quantity Of(object? value) => value is Quantity quantity ? quantity : throw CelFault.NoOverload();

    private static BigInteger Nanos(object? value) => value is long number ? number * s_unit : Of(value).Nanos;

    private static long? Whole(Quantity quantity)
    {
        var units = BigInteger.DivRem(quantity.Nanos, s_unit, out var rest);
        return rest.IsZero && units >= long.MinValue && units <= long.MaxValue ? (long)units : null;
    }
}
