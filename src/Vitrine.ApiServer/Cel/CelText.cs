using System.Globalization;
using System.Text;

namespace Vitrine.ApiServer.Cel;

/// <summary>Literals of strings and bytes: single or triple quotes, r for raw, b for bytes, the escapes of the language definition.</summary>
internal sealed class CelText(string source)
{
    /// <summary>A string or byte[]; <paramref name="at"/> moves behind it. Throws <see cref="CelFault"/>.</summary>
    public object Read(ref int at)
    {
        var start = at;
        var (raw, bytes) = (false, false);
        for (; source[at] is not ('"' or '\''); at++)
        {
            raw |= source[at] is 'r' or 'R';
            bytes |= source[at] is 'b' or 'B';
        }
        var quote = source[at] is var q && string.CompareOrdinal(source, at, new string(q, 3), 0, 3) == 0 ? new string(q, 3) : q.ToString();
        at += quote.Length;
        var text = new StringBuilder();
        var octets = new List<byte>();
        while (string.CompareOrdinal(source, at, quote, 0, quote.Length) != 0)
        {
            if (at >= source.Length || (quote.Length == 1 && source[at] is ('\n' or '\r')))
            {
                throw CelFault.Compiling(source, start, "Syntax error: a string without end");
            }
            if (source[at] == '\\' && !raw)
            {
                at++;
                var (code, isOctet) = Escape(ref at, start);
                if (bytes && isOctet)
                {
                    octets.Add((byte)code);
                }
                else if (bytes)
                {
                    octets.AddRange(Encoding.UTF8.GetBytes(new Rune(code).ToString()));
                }
                else
                {
                    text.Append(new Rune(code).ToString());
                }
            }
            else if (bytes)
            {
                var length = char.IsHighSurrogate(source[at]) && at + 1 < source.Length ? 2 : 1;
                octets.AddRange(Encoding.UTF8.GetBytes(source, at, length));
                at += length;
            }
            else
            {
                text.Append(source[at++]);
            }
        }
        at += quote.Length;
        return bytes ? octets.ToArray() : text.ToString();
    }

    private (int Code, bool IsOctet) Escape(ref int at, int start)
    {
        if (at >= source.Length)
        {
            throw CelFault.Compiling(source, start, "Syntax error: a string without end");
        }
        var c = source[at++];
        switch (c)
        {
            case 'a': return ('\a', false);
            case 'b': return ('\b', false);
            case 'f': return ('\f', false);
            case 'n': return ('\n', false);
            case 'r': return ('\r', false);
            case 't': return ('\t', false);
            case 'v': return ('\v', false);
            case '\\' or '\'' or '"' or '`' or '?': return (c, false);
            case 'x' or 'X': return (Digits(ref at, 2, 16, start), true);
            case 'u': return (Scalar(Digits(ref at, 4, 16, start), start), false);
            case 'U': return (Scalar(Digits(ref at, 8, 16, start), start), false);
            case >= '0' and <= '3':
                at--;
                return (Digits(ref at, 3, 8, start), true);
            default: throw CelFault.Compiling(source, at - 2, $"Syntax error: unknown escape \\{c}");
        }
    }

    private int Digits(ref int at, int count, int radix, int start)
    {
        var value = 0L;
        for (var i = 0; i < count; i++, at++)
        {
            var digit = at < source.Length && char.IsAsciiHexDigit(source[at]) ? int.Parse(source.AsSpan(at, 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture) : radix;
            if (digit >= radix)
            {
                throw CelFault.Compiling(source, start, "Syntax error: an escape has too few digits");
            }
            value = (value * radix) + digit;
        }
        return value > 0x10ffff ? throw CelFault.Compiling(source, start, "Syntax error: an escape is no character") : (int)value;
    }

    private int Scalar(int code, int start) => Rune.IsValid(code) ? code : throw CelFault.Compiling(source, start, "Syntax error: an escape is no character");
}
