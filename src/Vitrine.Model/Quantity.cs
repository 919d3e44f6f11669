using System.Globalization;
using System.Numerics;

namespace Vitrine.Model;

/// <summary>
/// A Kubernetes resource quantity in thousandths, rounded up, as apimachinery's resource.Quantity reads it:
/// "500m", "1.5", "128Mi", "1e3", "2k".
/// </summary>
public readonly record struct Quantity(long Milli) : IComparable<Quantity>
{
    public static readonly Quantity Zero;

    /// <summary>Whole units, rounded up.</summary>
    public long Value => (Milli / 1000) + (Milli % 1000 > 0 ? 1 : 0);

    public static Quantity operator +(Quantity a, Quantity b) => new(checked(a.Milli + b.Milli));

    public static Quantity operator -(Quantity a, Quantity b) => new(checked(a.Milli - b.Milli));

    public static bool operator >(Quantity a, Quantity b) => a.Milli > b.Milli;

    public static bool operator <(Quantity a, Quantity b) => a.Milli < b.Milli;

    /// <summary>Throws <see cref="FormatException"/> for text that is no quantity.</summary>
    public static Quantity Parse(string text) => TryParse(text, out var quantity) ? quantity : throw new FormatException($"\"{text}\" is not a quantity");

    public static bool TryParse(string? text, out Quantity quantity)
    {
        quantity = default;
        if (string.IsNullOrEmpty(text) || text.Length > 40)
        {
            return false;
        }

        var end = text.Length;
        while (end > 0 && !char.IsAsciiDigit(text[end - 1]) && text[end - 1] != '.')
        {
            end--;
        }

        var (number, suffix) = (text[..end], text[end..]);
        if (number.IndexOfAny(['e', 'E']) is var e and > 0)
        {
            // Decimal exponent: digits with e or E and nothing after it.
            if (suffix.Length > 0 || !int.TryParse(number[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent) || Math.Abs(exponent) > 18)
            {
                return false;
            }

            return Scale(number[..e], exponent >= 0 ? BigInteger.Pow(10, exponent) : 1, exponent < 0 ? BigInteger.Pow(10, -exponent) : 1, out quantity);
        }

        (BigInteger Up, BigInteger Down)? factor = suffix switch
        {
            "" => (1, 1),
            "n" => (1, 1_000_000_000),
            "u" => (1, 1_000_000),
            "m" => (1, 1000),
            "k" => (1000, 1),
            "M" => (1_000_000, 1),
            "G" => (1_000_000_000, 1),
            "T" => (1_000_000_000_000, 1),
            "P" => (1_000_000_000_000_000, 1),
            "E" => (1_000_000_000_000_000_000, 1),
            "Ki" => (1L << 10, 1),
            "Mi" => (1L << 20, 1),
            "Gi" => (1L << 30, 1),
            "Ti" => (1L << 40, 1),
            "Pi" => (1L << 50, 1),
            "Ei" => (1L << 60, 1),
            _ => null,
        };
        return factor is var (up, down) && Scale(number, up, down, out quantity);
    }

    public int CompareTo(Quantity other) => Milli.CompareTo(other.Milli);

    private static bool Scale(string number, BigInteger up, BigInteger down, out Quantity quantity)
    {
        quantity = default;
        if (!decimal.TryParse(number, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _))
        {
            return false;
        }

        var negative = number[0] == '-';
        var digits = number.TrimStart('+', '-');
        var point = digits.IndexOf('.');
        var fraction = point < 0 ? 0 : digits.Length - point - 1;
        var whole = BigInteger.Parse(digits.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        var milli = BigInteger.DivRem(whole * up * 1000, down * BigInteger.Pow(10, fraction), out var left);
        milli += left > 0 ? 1 : 0;

        // Larger than a long can hold in thousandths is capped, as upstream caps at 2^63-1.
        quantity = new Quantity((long)BigInteger.Min(milli, long.MaxValue) * (negative ? -1 : 1));
        return true;
    }
}
