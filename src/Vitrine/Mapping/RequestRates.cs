using System.Globalization;
using System.Text.RegularExpressions;

namespace Vitrine.Mapping;

/// <summary>Makes rates of what the gateway's proxies have counted, from second to second.</summary>
internal sealed partial class RequestRates
{
    private readonly Dictionary<string, (TimeSpan At, Dictionary<(string Route, string Service), double> Counts)> before = [];

    /// <summary>The busiest first. Of a proxy that is asked for the first time, or was started anew, there are none yet.</summary>
    /// <param name="metrics">by node, in Prometheus' text format; null where the proxy did not answer</param>
    /// <param name="now">since any fixed moment</param>
    public IReadOnlyList<RequestRate> Next(IReadOnlyDictionary<string, string?> metrics, TimeSpan now)
    {
        var rates = new Dictionary<(string Route, string Service), double>();
        foreach (var (node, text) in metrics)
        {
            if (text is null)
            {
                before.Remove(node);
                continue;
            }
            var counts = Read(text);
            if (before.TryGetValue(node, out var last))
                foreach (var (key, count) in counts)
                    if (count - last.Counts.GetValueOrDefault(key) is > 0 and var more)
                        rates[key] = rates.GetValueOrDefault(key) + more / Math.Max(0.001, (now - last.At).TotalSeconds);
            before[node] = (now, counts);
        }
        return [.. rates.Select(r => new RequestRate(r.Key.Route, r.Key.Service, r.Value)).OrderByDescending(r => r.PerSecond).ThenBy(r => r.Route, StringComparer.Ordinal).ThenBy(r => r.Service, StringComparer.Ordinal)];
    }

    /// <summary>Requests so far, by rule and Service; lines that say something else are passed over.</summary>
    internal static Dictionary<(string Route, string Service), double> Read(string metrics)
    {
        var counts = new Dictionary<(string, string), double>();
        foreach (Match line in Line().Matches(metrics))
            if (double.TryParse(line.Groups["value"].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
            {
                // An upstream is namespace/name:port.
                var upstream = line.Groups["upstream"].Value.Split(':')[0];
                var key = (line.Groups["route"].Value, upstream.Length == 0 ? "" : $"service/{upstream}");
                counts[key] = counts.GetValueOrDefault(key) + value;
            }
        return counts;
    }

    [GeneratedRegex("""^vitrine_gateway_upstream_requests_total\{route="(?<route>[^"]*)",upstream="(?<upstream>[^"]*)"\} (?<value>\S+)$""", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Line();
}
