using System.Globalization;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Table;

namespace Vitrine.ApiServer.Metrics;

/// <summary>What kubectl get prints of metrics; kubectl top reads the objects themselves.</summary>
internal static class MetricsTables
{
    private static readonly TableColumn[] s_columns =
    [
        TableColumn.ObjectName,
        new("CPU", "CPU in use, averaged over the window."),
        new("Memory", "Memory in use that cannot be reclaimed at once."),
        new("Window", "Over which the CPU was averaged."),
    ];

    public static TableLayout OfNodes { get; } = new(s_columns, static (o, _) => [Ages.NameOf(o), o.TextAt("usage.cpu"), o.TextAt("usage.memory"), o.Text("window")]);

    public static TableLayout OfPods { get; } = new(s_columns, static (o, _) => [Ages.NameOf(o), Sum(o, "cpu") + "n", Sum(o, "memory") + "Ki", o.Text("window")]);

    private static string Sum(JsonObject pod, string resource) =>
        pod.Objects("containers").Sum(c => long.TryParse(c["usage"].Text(resource).TrimEnd('n', 'K', 'i'), out long amount) ? amount : 0).ToString(CultureInfo.InvariantCulture);
}
