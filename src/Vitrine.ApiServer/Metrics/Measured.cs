using System.Globalization;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Metrics;

/// <summary>A node's summary as objects of metrics.k8s.io/v1beta1 (k8s.io/metrics/pkg/apis/metrics/v1beta1). Null where the CPU has not been measured twice yet.</summary>
internal static class Measured
{
    public static JsonObject? Node(JsonObject node, JsonObject summary)
    {
        if (Usage(summary.Object("node")) is not { } usage)
        {
            return null;
        }

        JsonObject measured = Begin(MetricsKinds.NodeMetrics, node, summary.Object("node"));
        measured["usage"] = usage;
        return measured;
    }

    public static JsonObject? Pod(JsonObject pod, JsonObject summary)
    {
        JsonObject metadata = pod.Object("metadata") ?? [];
        JsonObject? found = summary.Objects("pods").FirstOrDefault(p => p.Object("podRef").Text("name") == metadata.Text("name") && p.Object("podRef").Text("namespace") == metadata.Text("namespace"));
        JsonArray containers = [];
        foreach (JsonObject container in found.Objects("containers"))
        {
            if (Usage(container) is not { } usage)
            {
                return null;
            }

            containers.Add((JsonNode)new JsonObject { ["name"] = container.Text("name"), ["usage"] = usage });
        }

        if (containers.Count == 0)
        {
            return null;
        }

        JsonObject measured = Begin(MetricsKinds.PodMetrics, pod, found.Objects("containers").First());
        measured["containers"] = containers;
        return measured;
    }

    private static JsonObject Begin(Kind kind, JsonObject subject, JsonObject? measure)
    {
        JsonObject metadata = subject.Object("metadata") ?? [];
        JsonObject kept = new() { ["name"] = metadata.Text("name") };
        if (kind.Namespaced)
        {
            kept["namespace"] = metadata.Text("namespace");
        }

        JsonObject? cpu = measure.Object("cpu");
        kept["creationTimestamp"] = cpu.Text("time");
        if (metadata.Object("labels") is { } labels)
        {
            kept["labels"] = labels.DeepClone();
        }

        double window = cpu?["windowSeconds"] is JsonValue value && value.TryGetValue(out double seconds) ? seconds : 0;
        return new JsonObject
        {
            ["kind"] = kind.Name,
            ["apiVersion"] = kind.ApiVersion,
            ["metadata"] = kept,
            ["timestamp"] = cpu.Text("time"),
            ["window"] = string.Create(CultureInfo.InvariantCulture, $"{window:0.###}s"),
        };
    }

    private static JsonObject? Usage(JsonObject? measure) =>
        measure.Object("cpu").Number("usageNanoCores") is { } cores && measure.Object("memory").Number("workingSetBytes") is { } bytes
            ? new JsonObject { ["cpu"] = string.Create(CultureInfo.InvariantCulture, $"{cores}n"), ["memory"] = string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024}Ki") }
            : null;
}
