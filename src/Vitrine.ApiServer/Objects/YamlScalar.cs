using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core.Events;

namespace Vitrine.ApiServer.Objects;

/// <summary>
/// Types of plain scalars as the YAML library of kubectl and kube-apiserver resolves them: YAML 1.1 booleans
/// (yes, no, on, off) included, timestamps left as strings.
/// </summary>
internal static class YamlScalar
{
    public static JsonNode? Resolve(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" or "y" or "Y" => true,
        "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" or "n" or "N" => false,
        _ => Number(text) ?? text,
    };

    /// <summary>A quoted scalar, or one with an explicit tag.</summary>
    public static JsonNode? Tagged(Scalar scalar) => scalar.Tag.IsEmpty || scalar.Tag.Value == "tag:yaml.org,2002:str"
        ? JsonValue.Create(scalar.Value)
        : scalar.Tag.Value == "tag:yaml.org,2002:binary" ? JsonValue.Create(scalar.Value) : Resolve(scalar.Value);

    private static JsonNode? Number(string text)
    {
        if (!(char.IsAsciiDigit(text[0]) || (text[0] is '-' or '+' or '.' && text.Length > 1)))
        {
            return null;
        }
        var plain = text.Replace("_", "", StringComparison.Ordinal);
        if (Radix(plain) is { } whole)
        {
            return whole;
        }
        if (long.TryParse(plain, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out whole))
        {
            // YAML 1.1: a leading zero means octal, as in "defaultMode: 0644".
            return plain.TrimStart('-', '+') is ['0', _, ..] octal ? Octal(octal, plain[0] == '-') : whole;
        }
        return plain.AsSpan().ContainsAnyExcept("0123456789+-.eE") ? null
            : double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) ? real : null;
    }

    private static long? Radix(string text)
    {
        var sign = text[0] == '-' ? -1 : 1;
        var digits = text.AsSpan(text[0] is '-' or '+' ? 1 : 0);
        long value;
        return digits switch
        {
            ['0', 'x', .. var hex] when long.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value) => sign * value,
            ['0', 'b', .. var bits] when long.TryParse(bits, NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture, out value) => sign * value,
            ['0', 'o', .. var octal] when octal.Length is > 0 and < 21 && !octal.ContainsAnyExcept("01234567") => sign * Base8(octal),
            _ => null,
        };
    }

    private static JsonNode Octal(string digits, bool negative) =>
        digits.Length < 21 && !digits.AsSpan().ContainsAnyExcept("01234567")
            ? (negative ? -Base8(digits) : Base8(digits))
            : double.Parse(digits, CultureInfo.InvariantCulture);

    private static long Base8(ReadOnlySpan<char> digits)
    {
        var value = 0L;
        foreach (var digit in digits)
        {
            value = value * 8 + (digit - '0');
        }
        return value;
    }
}
