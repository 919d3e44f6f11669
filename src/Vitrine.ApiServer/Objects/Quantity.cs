using System.Globalization;
using System.Numerics;

namespace Vitrine.ApiServer.Objects;

/// <summary>
/// A resource quantity, e.g. "500m", "1Gi", "1e3". Source: k8s.io/apimachinery pkg/api/resource. Held in billionths,
/// the smallest unit there is; finer fractions are rounded up, away from zero.
/// </summary>
internal readonly record struct Quantity(BigInteger Nanos, QuantityFormat Format) : IComparable<Quantity>
{
    public const string Expected = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

    private const string DecimalSuffixes = "num kMGTPE";
    private const string BinarySuffixes = "KMGTPE";

    private static readonly BigInteger Billion = 1_000_000_000;

    public bool IsNegative => Nanos.Sign < 0;

    public bool IsZero => Nanos.IsZero;

    /// <summary>Whole units, rounded up.</summary>
    public BigInteger Units => DivideUp(Nanos, Billion);

    public int CompareTo(Quantity other) => Nanos.CompareTo(other.Nanos);

    /// <summary>False for anything outside the grammar, or beyond 64 characters.</summary>
    public static bool TryParse(string text, out Quantity quantity)
    {
        quantity = default;
        var at = text.Length > 0 && text[0] is '+' or '-' ? 1 : 0;
        var digits = BigInteger.Zero;
        var (any, scale, point) = (false, 0, false);
        for (; at < text.Length && text.Length <= 64 && (char.IsAsciiDigit(text[at]) || text[at] == '.'); at++)
        {
            if (text[at] == '.')
            {
                if (point)
                {
                    return false;
                }
                point = true;
                continue;
            }
            any = true;
            digits = digits * 10 + (text[at] - '0');
            scale += point ? 1 : 0;
        }
        if (!any || !TrySuffix(text.AsSpan(at), out var ten, out var two, out var format))
        {
            return false;
        }
        var exponent = 9 + ten - scale;
        digits *= BigInteger.One << two;
        digits = exponent >= 0 ? digits * BigInteger.Pow(10, exponent) : DivideUp(digits, BigInteger.Pow(10, -exponent));
        quantity = new Quantity(text[0] == '-' ? -digits : digits, format);
        return true;
    }

    /// <summary>The canonical form the API server stores: no fraction, the largest suffix that needs none.</summary>
    public override string ToString()
    {
        if (Nanos.IsZero)
        {
            return "0";
        }
        if (Format == QuantityFormat.Binary && BigInteger.Abs(Nanos) >= 1024 * Billion)
        {
            var (units, power) = (Units, 0);
            for (; power < BinarySuffixes.Length && units % 1024 == 0; power++)
            {
                units /= 1024;
            }
            // Without a suffix it will be read as decimal, so it is written as decimal: the form must not change twice.
            return power > 0
                ? Plain(units) + BinarySuffixes[power - 1] + "i"
                : new Quantity(units * Billion, QuantityFormat.Decimal).ToString();
        }
        var (mantissa, exponent) = (Nanos, -9);
        for (; exponent < 18 && mantissa % 1000 == 0; exponent += 3)
        {
            mantissa /= 1000;
        }
        return Plain(mantissa) + (exponent, Format) switch
        {
            (0, _) => "",
            (_, QuantityFormat.DecimalExponent) => "e" + exponent.ToString(CultureInfo.InvariantCulture),
            _ => DecimalSuffixes[(exponent + 9) / 3].ToString(),
        };
    }

    private static string Plain(BigInteger number) => number.ToString(CultureInfo.InvariantCulture);

    private static bool TrySuffix(ReadOnlySpan<char> suffix, out int ten, out int two, out QuantityFormat format)
    {
        (ten, two, format) = (0, 0, QuantityFormat.Decimal);
        if (suffix.Length == 0)
        {
            return true;
        }
        if (suffix.Length == 1 && suffix[0] != ' ' && DecimalSuffixes.IndexOf(suffix[0], StringComparison.Ordinal) is >= 0 and var index)
        {
            ten = index * 3 - 9;
            return true;
        }
        if (suffix.Length == 2 && suffix[1] == 'i' && BinarySuffixes.IndexOf(suffix[0], StringComparison.Ordinal) is >= 0 and var power)
        {
            (two, format) = ((power + 1) * 10, QuantityFormat.Binary);
            return true;
        }
        format = QuantityFormat.DecimalExponent;
        return suffix[0] is 'e' or 'E'
            && int.TryParse(suffix[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out ten)
            && ten is >= -64 and <= 64;
    }

    private static BigInteger DivideUp(BigInteger number, BigInteger by)
    {
        var quotient = BigInteger.DivRem(number, by, out var rest);
        return rest.IsZero ? quotient : quotient + rest.Sign;
    }
}
