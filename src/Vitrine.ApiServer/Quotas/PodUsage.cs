using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Quotas;

/// <summary>
/// What a pod takes: its containers together, or its greediest init container where that is more, and its overhead; a pod that has ended only counts as an object.
/// Source: PodUsageFunc of pkg/quota/v1/evaluator/core/pods.go.
/// </summary>
internal static class PodUsage
{
    public static void Add(JsonObject pod, Dictionary<string, Quantity> usage)
    {
        if (pod.TextAt("status.phase") is "Succeeded" or "Failed")
        {
            return;
        }
        usage["pods"] = QuotaUsage.Count(1);
        foreach (var (name, amount) in Together(pod, "requests"))
        {
            usage[$"requests.{name}"] = amount;
            if (name is "cpu" or "memory" or "ephemeral-storage")
            {
                usage[name] = amount;
            }
        }
        foreach (var (name, amount) in Together(pod, "limits"))
        {
            usage[$"limits.{name}"] = amount;
        }
    }

    /// <param name="field">"requests" or "limits".</param>
    public static Dictionary<string, Quantity> Together(JsonObject pod, string field)
    {
        var spec = pod.Object("spec");
        var sum = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var container in spec.Objects("containers"))
        {
            Sum(sum, Amounts(container, field));
        }
        var (beside, most) = (new Dictionary<string, Quantity>(StringComparer.Ordinal), new Dictionary<string, Quantity>(StringComparer.Ordinal));
        foreach (var container in spec.Objects("initContainers"))
        {
            var own = Amounts(container, field);
            if (container.Text("restartPolicy") == "Always")
            {
                // A sidecar stays: it counts with the containers, and with the init containers after it.
                Sum(sum, own);
                Sum(beside, own);
                Max(most, beside);
                continue;
            }
            var now = new Dictionary<string, Quantity>(beside, StringComparer.Ordinal);
            Sum(now, own);
            Max(most, now);
        }
        Max(sum, most);
        Sum(sum, Read(spec.Object("overhead")));
        return sum;
    }

    public static Dictionary<string, Quantity> Amounts(JsonObject container, string field) => Read(container.Object("resources").Object(field));

    private static Dictionary<string, Quantity> Read(JsonObject? amounts)
    {
        var read = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var (name, value) in amounts ?? [])
        {
            if (Quantity.TryParse(value.AsText() ?? "", out var amount))
            {
                read[name] = amount;
            }
        }
        return read;
    }

    private static void Sum(Dictionary<string, Quantity> into, Dictionary<string, Quantity> more)
    {
        foreach (var (name, amount) in more)
        {
            QuotaUsage.Add(into, name, amount);
        }
    }

    private static void Max(Dictionary<string, Quantity> into, Dictionary<string, Quantity> other)
    {
        foreach (var (name, amount) in other)
        {
            if (!into.TryGetValue(name, out var before) || amount.CompareTo(before) > 0)
            {
                into[name] = amount;
            }
        }
    }
}
