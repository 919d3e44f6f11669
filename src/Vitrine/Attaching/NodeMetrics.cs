using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Vitrine.Dataplane;
using Vitrine.Linux.Netns;

namespace Vitrine.Attaching;

/// <summary>What the network's parts of a node have counted, in Prometheus' text format (0.0.4): what policies dropped, and what DNS answered. Of the namespace of the thread that made it.</summary>
internal sealed class NodeMetrics : IDisposable
{
    private const string Meters = "Vitrine.Dns";
    private readonly NetnsHandle netns = NetnsHandle.Current();
    private readonly ConcurrentDictionary<Instrument, long> counted = [];
    private readonly MeterListener listener = new();

    /// <summary>Made before the parts: what they count earlier is not seen.</summary>
    public NodeMetrics()
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name.StartsWith(Meters, StringComparison.Ordinal))
                self.EnableMeasurementEvents(instrument);
        };
        listener.MeasurementsCompleted = (instrument, _) => counted.TryRemove(instrument, out var _);
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Count(instrument, value));
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Count(instrument, value));
        listener.Start();
    }

    public string Render()
    {
        listener.RecordObservableInstruments();
        var text = new StringBuilder(PolicyMetrics.Render(netns));
        foreach (var (instrument, value) in counted.OrderBy(c => c.Key.Name, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"# HELP {instrument.Name} {instrument.Description}\n# TYPE {instrument.Name} {(instrument is ObservableGauge<int> or ObservableGauge<long> ? "gauge" : "counter")}\n{instrument.Name} {value}\n");
        return text.ToString();
    }

    public void Dispose()
    {
        listener.Dispose();
        netns.Dispose();
    }

    private void Count(Instrument instrument, long value) => counted.AddOrUpdate(instrument, value, (_, before) => instrument.IsObservable ? value : before + value);
}
