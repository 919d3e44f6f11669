using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Vitrine.ApiServer.Http;

/// <summary>Counters of the edge, and /metrics: every counter of the meter "Vitrine.ApiServer" in Prometheus' text format.</summary>
internal static class EdgeMetrics
{
    private const string MeterName = "Vitrine.ApiServer";
    private static readonly Meter s_meter = new(MeterName);
    private static readonly Counter<long> s_requests = s_meter.CreateCounter<long>("vitrine_apiserver_requests_total");
    private static readonly Counter<long> s_failures = s_meter.CreateCounter<long>("vitrine_apiserver_failures_total");
    private static readonly SortedDictionary<string, long> s_totals = new(StringComparer.Ordinal);
    private static readonly MeterListener s_listener = Listen();

    public static void Received() => s_requests.Add(1);

    public static void Failed(int code) => s_failures.Add(1, KeyValuePair.Create<string, object?>("code", code));

    public static string Render()
    {
        StringBuilder text = new();
        string? last = null;
        lock (s_totals)
        {
            foreach ((string series, long total) in s_totals)
            {
                string name = series.Split('{')[0];
                if (name != last)
                {
                    text.Append("# TYPE ").Append(last = name).Append(" counter\n");
                }

                text.Append(series).Append(' ').Append(total.ToString(CultureInfo.InvariantCulture)).Append('\n');
            }
        }

        return text.ToString();
    }

    private static MeterListener Listen()
    {
        MeterListener listener = new();
        listener.InstrumentPublished = static (instrument, self) =>
        {
            if (instrument.Meter.Name == MeterName)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>(static (instrument, value, tags, _) =>
        {
            string series = tags.Length == 0 ? instrument.Name : $"{instrument.Name}{{{tags[0].Key}=\"{tags[0].Value}\"}}";
            lock (s_totals)
            {
                s_totals[series] = s_totals.GetValueOrDefault(series) + value;
            }
        });
        listener.Start();
        return listener;
    }
}
