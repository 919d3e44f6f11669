using System.Globalization;
using System.Text;

namespace Vitrine.ApiServer.Cel;

internal enum CelTokenKind
{
    Name,
    Literal,
    Punctuation,
    End,
}

/// <summary>A word of an expression.</summary>
/// <param name="Text">A name (quoted ones without their quotes) or punctuation.</param>
/// <param name="Value">Of a literal.</param>
internal readonly record struct CelToken(CelTokenKind Kind, int At, string Text, object? Value = null);

/// <summary>Takes an expression apart. Throws <see cref="CelFault"/>.</summary>
internal sealed class CelLexer(string source)
{
    private static readonly string[] s_pairs = ["&&", "||", "==", "!=", "<=", ">="];
    private int _at;

    public static IReadOnlyList<CelToken> Read(string source)
    {
        var lexer = new CelLexer(source);
        var tokens = new List<CelToken>();
        while (lexer.Next() is { Kind: not CelTokenKind.End } token)
        {
            tokens.Add(token);
        }
        tokens.Add(new CelToken(CelTokenKind.End, source.Length, ""));
        return tokens;
    }

    private CelToken Next()
    {
        SkipBlank();
        var at = _at;
        if (at == source.Length)
        {
            return new CelToken(CelTokenKind.End, at, "");
        }
        var c = source[at];
        if (IsString(at))
        {
            return new CelToken(CelTokenKind.Literal, at, "", new CelText(source).Read(ref _at));
        }
        if (char.IsAsciiLetter(c) || c == '_')
        {
            while (_at < source.Length && (char.IsAsciiLetterOrDigit(source[_at]) || source[_at] == '_'))
            {
                _at++;
            }
            return new CelToken(CelTokenKind.Name, at, source[at.._at]);
        }
        if (c == '`')
        {
            var end = source.IndexOf('`', at + 1);
            if (end < 0)
            {
                throw CelFault.Compiling(source, at, "Syntax error: a quoted name without end");
            }
            _at = end + 1;
            return new CelToken(CelTokenKind.Name, at, source[(at + 1)..end], "`");
        }
        if (char.IsAsciiDigit(c) || (c == '.' && at + 1 < source.Length && char.IsAsciiDigit(source[at + 1])))
        {
            return Number(at);
        }
        var pair = Array.Find(s_pairs, p => string.CompareOrdinal(source, at, p, 0, 2) == 0);
        if (pair is null && !"()[]{}.,:?+-*/%<>!".Contains(c, StringComparison.Ordinal))
        {
            throw CelFault.Compiling(source, at, $"Syntax error: token recognition error at: '{c}'");
        }
        _at += pair is null ? 1 : 2;
        return new CelToken(CelTokenKind.Punctuation, at, pair ?? c.ToString());
    }

    private void SkipBlank()
    {
        while (_at < source.Length)
        {
            if (source[_at] is ' ' or '\t' or '\r' or '\n' or '\f')
            {
                _at++;
            }
            else if (source[_at] == '/' && _at + 1 < source.Length && source[_at + 1] == '/')
            {
                _at = source.IndexOf('\n', _at) is >= 0 and var end ? end : source.Length;
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>A quote, or up to two of the prefixes r and b before one.</summary>
    private bool IsString(int at)
    {
        var i = at;
        while (i < source.Length && i < at + 2 && source[i] is ('r' or 'R' or 'b' or 'B'))
        {
            i++;
        }
        return i < source.Length && source[i] is ('"' or '\'');
    }

    private CelToken Number(int at)
    {
        var hex = source[at] == '0' && at + 1 < source.Length && source[at + 1] is ('x' or 'X');
        if (hex)
        {
            _at = at + 2;
            while (_at < source.Length && char.IsAsciiHexDigit(source[_at]))
            {
                _at++;
            }
        }
        else
        {
            Digits();
        }
        var real = false;
        if (!hex && _at + 1 < source.Length && source[_at] == '.' && char.IsAsciiDigit(source[_at + 1]))
        {
            real = true;
            _at++;
            Digits();
        }
        if (!hex && _at < source.Length && source[_at] is ('e' or 'E'))
        {
            real = true;
            _at++;
            _at += _at < source.Length && source[_at] is ('+' or '-') ? 1 : 0;
            Digits();
        }
        var text = source[at.._at];
        if (real)
        {
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                ? new CelToken(CelTokenKind.Literal, at, text, number)
                : throw CelFault.Compiling(source, at, "invalid double literal");
        }
        var (digits, style) = hex ? (text[2..], NumberStyles.AllowHexSpecifier) : (text, NumberStyles.None);
        if (!ulong.TryParse(digits, style, CultureInfo.InvariantCulture, out var whole))
        {
            throw CelFault.Compiling(source, at, "invalid int literal");
        }
        if (_at < source.Length && source[_at] is ('u' or 'U'))
        {
            _at++;
            return new CelToken(CelTokenKind.Literal, at, text, whole);
        }
        // 9223372036854775808 is only good with a minus before it; the parser looks after that.
        return whole <= long.MaxValue ? new CelToken(CelTokenKind.Literal, at, text, (long)whole)
            : whole == 1UL << 63 ? new CelToken(CelTokenKind.Literal, at, text, s_minimum)
            : throw CelFault.Compiling(source, at, "invalid int literal");
    }

    /// <summary>Stands for the one number whose negative is an int and which is none itself.</summary>
    internal static readonly StringBuilder s_minimum = new();

    private void Digits()
    {
        while (_at < source.Length && char.IsAsciiDigit(source[_at]))
        {
            _at++;
        }
    }
}
