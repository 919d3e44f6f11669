using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Vitrine.Gateway.Telemetry;

/// <summary>Counters of requests in Prometheus' text format (0.0.4). Labels are objects of the plan and statuses, never anything of a request, and they are bounded.</summary>
internal sealed class GatewayMeter
{
    /// <summary>Series of requests; what comes after them is counted under route "other".</summary>
    private const int MostSeries = 2000;

    private static readonly double[] Bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
    private readonly ConcurrentDictionary<(string Owner, string Upstream, int Status), Count> requests = new();
    private readonly long[] buckets = new long[Bounds.Length + 1];
    private long underWay;
    private long microseconds;
    private long plainTries;

    [SuppressMessage("Design", "CA1051", Justification = "counted by Interlocked")]
    private sealed class Count
    {
        public long Value;
    }

    public long PlansApplied { get; set; }

    public long PlanFailures { get; set; }

    /// <summary>Tries that went over connections of our own, without HttpClient.</summary>
    public long PlainTries => Volatile.Read(ref plainTries);

    public void TriedPlainly() => Interlocked.Increment(ref plainTries);

    public void Began() => Interlocked.Increment(ref underWay);

    /// <param name="owner">of the rule that took it; empty where none did</param>
    /// <param name="upstream">it was sent to; empty where to none</param>
    /// <param name="status">it ended with</param>
    /// <param name="took">all in all</param>
    public void Ended(string owner, string upstream, int status, TimeSpan took)
    {
        Interlocked.Decrement(ref underWay);
        var key = (owner, upstream, status);
        if (!requests.TryGetValue(key, out var count))
            count = requests.GetOrAdd(requests.Count < MostSeries ? key : ("other", "other", status), static _ => new Count());
        Interlocked.Increment(ref count.Value);
        var seconds = took.TotalSeconds;
        var bucket = 0;
        while (bucket < Bounds.Length && seconds > Bounds[bucket])
            bucket++;
        Interlocked.Increment(ref buckets[bucket]);
        Interlocked.Add(ref microseconds, (long)took.TotalMicroseconds);
    }

    public string Render(int connections)
    {
        var text = new StringBuilder();
        Type(text, "vitrine_gateway_requests_total", "counter");
        var counted = requests.Select(r => (r.Key.Owner, r.Key.Upstream, r.Key.Status, Value: Volatile.Read(ref r.Value.Value))).ToArray();
        foreach (var route in counted.GroupBy(c => (c.Owner, c.Status)).OrderBy(g => g.Key.Owner, StringComparer.Ordinal).ThenBy(g => g.Key.Status))
            text.Append(CultureInfo.InvariantCulture, $"vitrine_gateway_requests_total{{route=\"{route.Key.Owner}\",code=\"{route.Key.Status}\"}} {route.Sum(c => c.Value)}\n");
        Type(text, "vitrine_gateway_upstream_requests_total", "counter");
        foreach (var sent in counted.GroupBy(c => (c.Owner, c.Upstream)).OrderBy(g => g.Key.Owner, StringComparer.Ordinal).ThenBy(g => g.Key.Upstream, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"vitrine_gateway_upstream_requests_total{{route=\"{sent.Key.Owner}\",upstream=\"{sent.Key.Upstream}\"}} {sent.Sum(c => c.Value)}\n");
        Type(text, "vitrine_gateway_request_duration_seconds", "histogram");
        long sum = 0;
        for (var i = 0; i < buckets.Length; i++)
        {
            sum += Volatile.Read(ref buckets[i]);
            text.Append(CultureInfo.InvariantCulture, $"vitrine_gateway_request_duration_seconds_bucket{{le=\"{(i < Bounds.Length ? Bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf")}\"}} {sum}\n");
        }
        text.Append(CultureInfo.InvariantCulture, $"vitrine_gateway_request_duration_seconds_sum {Volatile.Read(ref microseconds) / 1e6}\nvitrine_gateway_request_duration_seconds_count {sum}\n");
        Single(text, "vitrine_gateway_requests_under_way", "gauge", Volatile.Read(ref underWay));
        Single(text, "vitrine_gateway_plain_tries_total", "counter", PlainTries);
        Single(text, "vitrine_gateway_connections", "gauge", connections);
        Single(text, "vitrine_gateway_plans_applied_total", "counter", PlansApplied);
        Single(text, "vitrine_gateway_plan_failures_total", "counter", PlanFailures);
        return text.ToString();
    }

    private static void Type(StringBuilder text, string name, string type) => text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private static void Single(StringBuilder text, string name, string type, long value)
    {
        Type(text, name, type);
        text.Append(CultureInfo.InvariantCulture, $"{name} {value}\n");
    }
}
