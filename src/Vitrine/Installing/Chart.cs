using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vitrine.Installing;

/// <summary>The Helm chart, which this executable holds: one source for both ways to install. Of Helm's language it uses `.Values.NAME` and `quote` alone.</summary>
internal static class Chart
{
    private const string Open = "{{", Close = "}}", Prefix = ".Values.";

    public static ChartValues Values() => ChartValues.Read(Settings());

    /// <summary>values.yaml as it is, with what each setting means.</summary>
    public static string Settings() => Resource("values.yaml");

    public static string Template() => Resource("vitrine.yaml");

    /// <summary>The manifests.</summary>
    /// <exception cref="FormatException">the template asks for what is not of the language, or for a setting there is not</exception>
    public static string Render(string template, ChartValues values)
    {
        var text = new StringBuilder();
        var rest = template.AsSpan();
        while (rest.IndexOf(Open, StringComparison.Ordinal) is >= 0 and var begin)
        {
            var end = rest[begin..].IndexOf(Close, StringComparison.Ordinal);
            if (end < 0)
                throw new FormatException($"\"{rest[begin..Math.Min(rest.Length, begin + 40)]}\" has no end");
            text.Append(rest[..begin]).Append(Value(rest[(begin + Open.Length)..(begin + end)].Trim().ToString(), values));
            rest = rest[(begin + end + Close.Length)..];
        }
        return text.Append(rest).ToString();
    }

    private static string Value(string expression, ChartValues values)
    {
        var parts = expression.Split('|', StringSplitOptions.TrimEntries);
        if (!parts[0].StartsWith(Prefix, StringComparison.Ordinal) || !values.Names.Contains(parts[0][Prefix.Length..]) || parts.Length > 2 || (parts.Length == 2 && parts[1] != "quote"))
            throw new FormatException($"{Open} {expression} {Close} is no setting");
        var value = values[parts[0][Prefix.Length..]];
        // As Helm's quote: a text of YAML, which is JSON's too.
        return parts.Length == 2 ? $"\"{JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"" : value;
    }

    private static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"chart/{name}") ?? throw new FileNotFoundException($"the chart's {name} is not in this executable");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
