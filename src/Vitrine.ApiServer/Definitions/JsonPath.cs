using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Structural;

namespace Vitrine.ApiServer.Definitions;

/// <summary>
/// A path into an object, as printer columns and subresources name one (kubernetes.io: "JSONPath Support"): .name, ['name'], [0], [-1], [0:2], [*], .*,
/// ..name and [?(@.name == "x")]. No union, no function.
/// </summary>
internal sealed class JsonPath
{
    private const int MaxSteps = 100;
    private readonly List<Func<IEnumerable<JsonNode?>, IEnumerable<JsonNode?>>> steps = [];

    private JsonPath()
    {
    }

    /// <summary>Names of the fields, where the path has nothing else in it; null otherwise.</summary>
    public IReadOnlyList<string>? Fields { get; private set; } = [];

    /// <summary>Throws <see cref="FormatException"/> with what cannot be read.</summary>
    public static JsonPath Parse(string text)
    {
        var path = new JsonPath();
        var at = 0;
        while (at < text.Length)
        {
            at = path.Step(text, at);
            if (path.steps.Count > MaxSteps)
            {
                throw new FormatException($"has more than {MaxSteps} steps");
            }
        }
        return path;
    }

    /// <summary>What it leads to: nothing where a field is absent.</summary>
    public IEnumerable<JsonNode?> Find(JsonNode? root) => steps.Aggregate((IEnumerable<JsonNode?>)[root], static (found, step) => step(found));

    public JsonNode? First(JsonNode? root) => Find(root).FirstOrDefault();

    private int Step(string text, int at)
    {
        if (text[at] == '[')
        {
            return Bracket(text, at + 1);
        }
        if (text[at] != '.')
        {
            throw new FormatException($"'.' or '[' expected at \"{text[at..]}\"");
        }
        var deep = at + 1 < text.Length && text[at + 1] == '.';
        at += deep ? 2 : 1;
        if (at == text.Length)
        {
            return deep ? throw new FormatException("ends with '..'") : at;
        }
        if (text[at] == '[' && !deep)
        {
            return at;
        }
        var name = Name(text, ref at);
        if (deep)
        {
            Fields = null;
            steps.Add(found => found.SelectMany(Everything).SelectMany(node => Child(node, name)));
        }
        else if (name == "*")
        {
            Wildcard();
        }
        else
        {
            Field(name);
        }
        return at;
    }

    private static string Name(string text, ref int at)
    {
        var name = new StringBuilder();
        for (; at < text.Length && text[at] is not ('.' or '['); at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length)
            {
                at++;
            }
            else if (text[at] is '{' or '}' or '(' or ')' or '"' or '\'' or ' ')
            {
                throw new FormatException($"unexpected '{text[at]}' in a field's name");
            }
            name.Append(text[at]);
        }
        return name.Length > 0 ? name.ToString() : throw new FormatException("a field's name is missing");
    }

    private int Bracket(string text, int at)
    {
        var end = Close(text, at);
        var inner = text[at..end].Trim();
        if (inner is ['?', '(', .. var filter, ')'])
        {
            Fields = null;
            var test = JsonFilter.Parse(filter.Trim());
            steps.Add(found => found.SelectMany(static node => node is JsonArray list ? list : (IEnumerable<JsonNode?>)[]).Where(test.Holds));
        }
        else if (inner is ['\'', .. var quoted, '\''] || inner is ['"', .. var _, '"'] && (quoted = inner[1..^1]) is not null)
        {
            Field(quoted.Replace("\\.", ".", StringComparison.Ordinal));
        }
        else if (inner == "*")
        {
            Wildcard();
        }
        else
        {
            Fields = null;
            Slice(inner);
        }
        return end + 1;
    }

    private static int Close(string text, int at)
    {
        var (depth, quote) = (0, '\0');
        for (; at < text.Length; at++)
        {
            var c = text[at];
            if (quote != '\0')
            {
                quote = c == quote ? '\0' : quote;
            }
            else if (c is '\'' or '"')
            {
                quote = c;
            }
            else if (c == '[')
            {
                depth++;
            }
            else if (c == ']' && depth-- == 0)
            {
                return at;
            }
        }
        throw new FormatException("']' is missing");
    }

    private void Field(string name)
    {
        Fields = Fields is null ? null : [.. Fields, name];
        steps.Add(found => found.SelectMany(node => Child(node, name)));
    }

    private void Wildcard()
    {
        Fields = null;
        steps.Add(static found => found.SelectMany(Children));
    }

    private void Slice(string text)
    {
        var parts = text.Split(':');
        int? Number(string part) => part.Trim().Length == 0 ? null
            : int.TryParse(part, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number) ? number
            : throw new FormatException($"\"[{text}]\" is no index, slice, name or filter");
        if (parts.Length > 2 || (parts.Length == 1 && Number(text) is null))
        {
            throw new FormatException($"\"[{text}]\" is no index, slice, name or filter");
        }
        var (from, to) = (Number(parts[0]), parts.Length == 2 ? Number(parts[1]) : null);
        steps.Add(found => found.SelectMany(node => node is not JsonArray list ? [] : parts.Length == 1 ? At(list, from!.Value) : Range(list, from ?? 0, to ?? list.Count)));
    }

    private static IEnumerable<JsonNode?> At(JsonArray list, int index) => Place(list, index) is var at && at >= 0 && at < list.Count ? [list[at]] : [];

    private static IEnumerable<JsonNode?> Range(JsonArray list, int from, int to) => list.Take(Math.Max(0, Place(list, to))).Skip(Math.Max(0, Place(list, from)));

    private static int Place(JsonArray list, int index) => index < 0 ? list.Count + index : index;

    private static IEnumerable<JsonNode?> Child(JsonNode? node, string name) => node is JsonObject map && map.TryGetPropertyValue(name, out var value) ? [value] : [];

    private static IEnumerable<JsonNode?> Children(JsonNode? node) => node switch
    {
        JsonObject map => map.Select(static p => p.Value),
        JsonArray list => list,
        _ => [],
    };

    private static IEnumerable<JsonNode?> Everything(JsonNode? node) => [node, .. Children(node).SelectMany(Everything)];
}
