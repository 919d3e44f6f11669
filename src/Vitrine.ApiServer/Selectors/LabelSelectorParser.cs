using System.Globalization;
using Vitrine.ApiServer.Errors;

namespace Vitrine.ApiServer.Selectors;

/// <summary>
/// The selector language of k8s.io/apimachinery/pkg/labels: <c>a</c>, <c>!a</c>, <c>a=b</c>, <c>a==b</c>, <c>a!=b</c>,
/// <c>a in (b,c)</c>, <c>a notin (b)</c>, <c>a&gt;1</c>, <c>a&lt;1</c>, joined by commas.
/// </summary>
internal ref struct LabelSelectorParser
{
    private readonly ReadOnlySpan<char> _text;
    private int _at;

    private LabelSelectorParser(ReadOnlySpan<char> text) => _text = text;

    /// <summary>Throws a 400 that names what could not be parsed.</summary>
    public static LabelSelector Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return LabelSelector.Everything;
        }

        LabelSelectorParser parser = new(text);
        List<LabelRequirement> requirements = [];
        while (true)
        {
            requirements.Add(parser.Requirement());
            parser.Blanks();
            if (parser._at == text.Length)
            {
                return new LabelSelector(requirements);
            }

            if (!parser.Take(","))
            {
                throw Fault($"found '{parser.Rest()}', expected: ',' or 'end of string'");
            }
        }
    }

    private LabelRequirement Requirement()
    {
        Blanks();
        bool absent = Take("!");
        string key = Key();
        if (absent)
        {
            return new LabelRequirement(key, LabelOperator.DoesNotExist, []);
        }

        Blanks();
        if (_at == _text.Length || _text[_at] == ',')
        {
            return new LabelRequirement(key, LabelOperator.Exists, []);
        }

        if (Take("!="))
        {
            return new LabelRequirement(key, LabelOperator.NotIn, [Value()]);
        }

        if (Take("==") || Take("="))
        {
            return new LabelRequirement(key, LabelOperator.In, [Value()]);
        }

        if (Take(">"))
        {
            return new LabelRequirement(key, LabelOperator.GreaterThan, [Integer()]);
        }

        if (Take("<"))
        {
            return new LabelRequirement(key, LabelOperator.LessThan, [Integer()]);
        }

        string word = Word();
        return word switch
        {
            "in" => new LabelRequirement(key, LabelOperator.In, Set()),
            "notin" => new LabelRequirement(key, LabelOperator.NotIn, Set()),
            _ => throw Fault($"found '{(word.Length > 0 ? word : Rest())}', expected: in, notin, =, ==, !=, gt, lt"),
        };
    }

    private List<string> Set()
    {
        Blanks();
        if (!Take("("))
        {
            throw Fault($"found '{Rest()}', expected: '('");
        }

        List<string> values = [];
        do
        {
            values.Add(Value());
            Blanks();
        }
        while (Take(","));
        if (!Take(")"))
        {
            throw Fault($"found '{Rest()}', expected: ',' or ')'");
        }

        return values;
    }

    private string Key()
    {
        Blanks();
        string key = Word();
        if (key.Length == 0)
        {
            throw Fault($"found '{Rest()}', expected: !, identifier, or 'end of string'");
        }

        string name = key[(key.IndexOf('/') + 1)..];
        if (name.Length is 0 or > 63 || !IsQualified(name) || key.Count('/') > 1)
        {
            throw Fault($"key: Invalid value: \"{key}\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character");
        }

        return key;
    }

    private string Value()
    {
        Blanks();
        string value = Word();
        if (value.Length > 63 || (value.Length > 0 && !IsQualified(value)))
        {
            throw Fault($"values[0]: Invalid value: \"{value}\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character");
        }

        return value;
    }

    private string Integer()
    {
        string value = Value();
        return long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            ? value
            : throw Fault($"values[0]: Invalid value: \"{value}\": for 'Gt', 'Lt' operators, the value must be an integer");
    }

    private string Word()
    {
        int from = _at;
        while (_at < _text.Length && !char.IsWhiteSpace(_text[_at]) && !"=!(),<>".Contains(_text[_at]))
        {
            _at++;
        }

        return _text[from.._at].ToString();
    }

    private void Blanks()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }

    private bool Take(string token)
    {
        if (!_text[_at..].StartsWith(token, StringComparison.Ordinal))
        {
            return false;
        }

        _at += token.Length;
        return true;
    }

    private readonly string Rest() => _text[_at..].ToString();

    private static bool IsQualified(string text) =>
        char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1]) && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static ApiException Fault(string what) => ApiErrors.BadRequest($"unable to parse requirement: {what}");
}
