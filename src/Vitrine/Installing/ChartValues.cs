using System.Text.Json.Nodes;

namespace Vitrine.Installing;

/// <summary>The settings of an installation: the chart's own values.yaml, flat, with what the operator says instead.</summary>
internal sealed class ChartValues
{
    private readonly Dictionary<string, string> values;

    private ChartValues(Dictionary<string, string> values) => this.values = values;

    public IEnumerable<string> Names => values.Keys;

    public string this[string name] => values[name];

    /// <param name="yaml">NAME: VALUE a line, comments between</param>
    /// <exception cref="FormatException">a line that is neither</exception>
    public static ChartValues Read(string yaml)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (number, line) in yaml.Split('\n').Index().Where(l => l.Item.Trim().Length > 0 && l.Item[0] != '#'))
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (colon <= 0 || char.IsWhiteSpace(line[0]))
                throw new FormatException($"line {number + 1}, \"{line.Trim()}\", is not of the form NAME: VALUE");
            values[line[..colon]] = Plain(line[(colon + 2)..].Trim(), number + 1);
        }
        return new ChartValues(values);
    }

    /// <summary>With others instead of some.</summary>
    /// <exception cref="CommandFailure">there is no such setting, or its value cannot be</exception>
    public ChartValues With(IEnumerable<KeyValuePair<string, string>> others)
    {
        var merged = new Dictionary<string, string>(values, StringComparer.Ordinal);
        foreach (var (name, value) in others)
        {
            if (!merged.TryGetValue(name, out var usual))
                throw new CommandFailure($"there is no setting {name}", $"the settings are {string.Join(", ", merged.Keys)}");
            if (int.TryParse(usual, out _) && !int.TryParse(value, System.Globalization.NumberStyles.None, null, out _))
                throw new CommandFailure($"{name}={value} is no number", $"write it as {usual}");
            if (value.Any(char.IsControl))
                throw new CommandFailure($"{name} has a control character", "write it on one line");
            merged[name] = value;
        }
        return new ChartValues(merged);
    }

    /// <summary>NAME=VALUE, as --set has it.</summary>
    /// <exception cref="CommandFailure">it is not</exception>
    public static KeyValuePair<string, string> Setting(string text) => text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
        ? new KeyValuePair<string, string>(text[..at], text[(at + 1)..]) : throw new CommandFailure($"--set {text} is not of the form NAME=VALUE", "write --set components=all");

    public IEnumerable<KeyValuePair<string, string>> All => values;

    private static string Plain(string text, int line)
    {
        if (!text.StartsWith('"'))
            return text;
        try
        {
            return (string?)JsonNode.Parse(text) ?? "";
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException)
        {
            throw new FormatException($"line {line}: {text} is no quoted text");
        }
    }
}
