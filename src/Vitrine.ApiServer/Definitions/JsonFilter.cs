using System.Globalization;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Structural;

namespace Vitrine.ApiServer.Definitions;

/// <summary>The test in [?(…)] of a path: @.a.b, alone or compared with a text, a number or a truth.</summary>
internal sealed record JsonFilter(JsonPath Left, string Operator, JsonNode? Right)
{
    private static readonly string[] Operators = ["==", "!=", "<=", ">=", "<", ">"];

    /// <summary>Throws <see cref="FormatException"/>.</summary>
    public static JsonFilter Parse(string text)
    {
        if (text is not ['@', .. var rest])
        {
            throw new FormatException($"a filter starts with '@', \"{text}\" does not");
        }
        var (at, op) = First(rest);
        if (at < 0)
        {
            return new JsonFilter(JsonPath.Parse(rest.Trim()), "", null);
        }
        return new JsonFilter(JsonPath.Parse(rest[..at].Trim()), op, Literal(rest[(at + op.Length)..].Trim()));
    }

    public bool Holds(JsonNode? item)
    {
        var found = Left.Find(item).ToArray();
        if (Operator.Length == 0 || found.Length == 0)
        {
            return Operator.Length == 0 && found.Length > 0;
        }
        var left = found[0];
        if (Operator is "==" or "!=")
        {
            return JsonNode.DeepEquals(left, Right) == (Operator == "==");
        }
        var order = Numbers.Real(left) is { } a && Numbers.Real(Right) is { } b ? a.CompareTo(b)
            : left.AsText() is { } one && Right.AsText() is { } other ? string.CompareOrdinal(one, other)
            : (int?)null;
        return Operator switch { "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 };
    }

    private static (int At, string Operator) First(string text)
    {
        var quote = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            if (quote != '\0' || text[i] is '\'' or '"')
            {
                quote = quote == '\0' ? text[i] : quote == text[i] ? '\0' : quote;
                continue;
            }
            if (Array.Find(Operators, op => string.CompareOrdinal(text, i, op, 0, op.Length) == 0) is { } found)
            {
                return (i, found);
            }
        }
        return (-1, "");
    }

    private static JsonValue Literal(string text) => text switch
    {
        ['"', .. var inner, '"'] => JsonValue.Create(inner),
        ['\'', .. var inner, '\''] => JsonValue.Create(inner),
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) => JsonValue.Create(real),
        _ => throw new FormatException($"\"{text}\" in a filter is no text in quotes, number, true or false"),
    };
}
