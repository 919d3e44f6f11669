using System.Globalization;
using System.Text;

namespace Vitrine.Agent.Stats;

/// <summary>/metrics/resource: what metrics-server scrapes of a kubelet (KEP-727), in the text exposition format 0.0.4.</summary>
internal static class ResourceMetrics
{
    public static string Render(UsageSample? machine, IReadOnlyList<PodSample> pods)
    {
        var text = new StringBuilder();
        Family(text, "container_cpu_usage_seconds_total", "counter", Containers(pods, Seconds));
        Family(text, "container_memory_working_set_bytes", "gauge", Containers(pods, Bytes));
        Family(text, "container_start_time_seconds", "gauge", pods.SelectMany(p => p.Containers.Select(c =>
            (Labels(p, c.Container.Metadata.Name), string.Create(CultureInfo.InvariantCulture, $"{c.Container.StartedAt / 1e9:0.######}"), (long?)null))));
        Family(text, "node_cpu_usage_seconds_total", "counter", machine is null ? [] : [("", Seconds(machine), machine.At.ToUnixTimeMilliseconds())]);
        Family(text, "node_memory_working_set_bytes", "gauge", machine is null ? [] : [("", Bytes(machine), machine.At.ToUnixTimeMilliseconds())]);
        Family(text, "pod_cpu_usage_seconds_total", "counter", Wholes(pods, Seconds));
        Family(text, "pod_memory_working_set_bytes", "gauge", Wholes(pods, Bytes));
        Family(text, "resource_scrape_error", "gauge", [("", "0", null)]);
        return text.ToString();
    }

    private static IEnumerable<(string Labels, string Value, long? At)> Containers(IReadOnlyList<PodSample> pods, Func<UsageSample, string> value) =>
        pods.SelectMany(p => p.Containers.Select(c => (Labels(p, c.Container.Metadata.Name), value(c.Sample), (long?)c.Sample.At.ToUnixTimeMilliseconds())));

    private static IEnumerable<(string Labels, string Value, long? At)> Wholes(IReadOnlyList<PodSample> pods, Func<UsageSample, string> value) =>
        pods.Where(p => p.Whole is not null).Select(p => (Labels(p, null), value(p.Whole!), (long?)p.Whole!.At.ToUnixTimeMilliseconds()));

    private static void Family(StringBuilder text, string name, string type, IEnumerable<(string Labels, string Value, long? At)> lines)
    {
        text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        foreach (var (labels, value, at) in lines)
        {
            text.Append(name).Append(labels).Append(' ').Append(value);
            text.Append(at is { } time ? string.Create(CultureInfo.InvariantCulture, $" {time}\n") : "\n");
        }
    }

    // Names of the API: none of them holds a quote or a backslash.
    private static string Labels(PodSample pod, string? container) =>
        $"{{{(container is null ? "" : $"container=\"{container}\",")}namespace=\"{pod.Pod.Metadata.NamespaceProperty}\",pod=\"{pod.Pod.Metadata.Name}\"}}";

    private static string Seconds(UsageSample sample) => string.Create(CultureInfo.InvariantCulture, $"{sample.Usage.CpuNanoseconds / 1e9:0.#########}");

    private static string Bytes(UsageSample sample) => sample.Usage.WorkingSetBytes.ToString(CultureInfo.InvariantCulture);
}
