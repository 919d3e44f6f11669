using System.Collections.Immutable;
using System.Globalization;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway.Ingresses;

/// <summary>The annotations of an Ingress while they are read: which are known, and what is wrong with them.</summary>
internal sealed class AnnotationNotes(Ingress ingress)
{
    public List<GatewayProblem> Problems { get; } = [];

    public ImmutableSortedDictionary<string, string> All => ingress.Settings;

    public string Namespace => ingress.Namespace;

    public static string Field(string name) => $"metadata.annotations[{IngressReader.SettingPrefix}{name}]";

    public string? Text(string name) => ingress.Settings.GetValueOrDefault(name) is { Length: > 0 } text ? text.Trim() : null;

    public bool Flag(string name, bool otherwise = false)
    {
        if (Text(name) is not { } text)
            return otherwise;
        if (text is "true" or "false")
            return text == "true";
        Wrong(name, "must be \"true\" or \"false\"");
        return otherwise;
    }

    public int? Number(string name, int least = 0)
    {
        if (Text(name) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least)
            return number;
        Wrong(name, $"must be a whole number from {least}");
        return null;
    }

    /// <summary>nginx's seconds, with or without the letter.</summary>
    public TimeSpan? Seconds(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (int.TryParse(text.TrimEnd('s'), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0)
            return TimeSpan.FromSeconds(seconds);
        Wrong(name, "must be a number of seconds");
        return null;
    }

    /// <summary>nginx's sizes: bytes, or with k, m, g.</summary>
    public long? Size(string name)
    {
        if (Text(name) is not { } text)
            return null;
        var unit = char.ToLowerInvariant(text[^1]) switch { 'k' => 1L << 10, 'm' => 1L << 20, 'g' => 1L << 30, _ => 1L };
        if (long.TryParse(unit == 1 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size <= (1L << 50) / unit)
            return size * unit;
        Wrong(name, "must be a size such as 8m");
        return null;
    }

    public ImmutableArray<string> List(string name) => [.. (Text(name) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    public void Wrong(string name, string why) => Problems.Add(new GatewayProblem(new RuleSource("Ingress", ingress.Namespace, ingress.Name, Field(name)), "InvalidAnnotation", $"{name}: {why}"));

    public void Unsupported(string name, string why) => Problems.Add(new GatewayProblem(new RuleSource("Ingress", ingress.Namespace, ingress.Name, Field(name)), "UnsupportedAnnotation", $"{name}: {why}"));
}
