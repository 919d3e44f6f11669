using System.Globalization;
using System.Text;

namespace Vitrine.ApiServer.Cel;

/// <summary>"%s has %d".format([…]): the verbs s, d, f, e, x, X, o, b and %%, f and e with a precision.</summary>
internal static class CelFormat
{
    public static string Write(string format, CelList arguments, CelBudget budget)
    {
        var made = new StringBuilder();
        var next = 0;
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                made.Append(format[i]);
                continue;
            }
            var verb = ++i;
            while (i < format.Length && (format[i] == '.' || char.IsAsciiDigit(format[i])))
            {
                i++;
            }
            if (i == format.Length)
            {
                throw new CelFault("unexpected end of format string");
            }
            if (format[i] == '%')
            {
                made.Append('%');
                continue;
            }
            if (next == arguments.Items.Count)
            {
                throw new CelFault($"index {next} out of range");
            }
            var precision = format[verb..i] is ['.', .. var digits] && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? Math.Min(given, 100) : 6;
            var text = One(format[i], arguments.Items[next++], precision);
            budget.Traverse(text.Length);
            made.Append(text);
        }
        return made.ToString();
    }

    private static string One(char verb, object? value, int precision) => (verb, value) switch
    {
        ('s', _) => Plain(value),
        ('d', long or ulong) => CelConversions.String(value),
        ('f', double number) => number.ToString("F" + precision, CultureInfo.InvariantCulture),
        ('e', double number) => number.ToString((precision == 0 ? "0" : "0." + new string('0', precision)) + "e+00", CultureInfo.InvariantCulture),
        ('x', long number) => Radix(number, 16),
        ('X', long number) => Radix(number, 16).ToUpperInvariant(),
        ('o', long number) => Radix(number, 8),
        ('b', long number) => Radix(number, 2),
        ('b', bool truth) => truth ? "1" : "0",
        ('x' or 'X', string text) => Hex(Encoding.UTF8.GetBytes(text), verb),
        ('x' or 'X', byte[] bytes) => Hex(bytes, verb),
        _ => throw new CelFault($"could not parse formatting clause: unrecognized formatting clause \"{verb}\" for a {CelValues.TypeName(value)}"),
    };

    private static string Radix(long number, int radix) => number >= 0 ? Convert.ToString(number, radix)
        : number == long.MinValue ? throw new CelFault("integer overflow") : "-" + Convert.ToString(-number, radix);

    private static string Hex(byte[] bytes, char verb) => verb == 'x' ? Convert.ToHexStringLower(bytes) : Convert.ToHexString(bytes);

    private static string Plain(object? value) => value switch
    {
        null => "null",
        CelList list => $"[{string.Join(", ", list.Items.Select(Plain))}]",
        CelTypeName type => type.Name,
        CelMap or CelObject when CelMap.Of(value) is { } map => $"{{{string.Join(", ", map.Keys.Select(key => (map.Find(key, out var item), $"{Plain(key)}: {Plain(item)}").Item2).Order(StringComparer.Ordinal))}}}",
        _ => CelConversions.String(value),
    };
}
