using System.Globalization;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Quotas;

namespace Vitrine.ApiServer.Admission;

/// <summary>The admission plugin LimitRanger: gives containers that say nothing what the namespace's LimitRanges say, and refuses what is outside of them. Source: plugin/pkg/admission/limitranger.</summary>
internal static class LimitRangeAdmission
{
    private const string Note = "kubernetes.io/limit-ranger";

    /// <summary>Throws a 403 that names all limits which are not kept.</summary>
    public static void Apply(AdmissionRequest request, JsonObject pod)
    {
        JsonObject[] items = [.. (request.TreeOf("", "limitranges")?.List(request.Namespace) ?? []).SelectMany(static range => range.Parse().Object("spec").Objects("limits"))];
        if (items.Length == 0)
        {
            return;
        }
        List<string> set = [];
        foreach (var item in items.Where(static i => i.Text("type") == "Container"))
        {
            Fill(pod, "initContainers", "init container", item, set);
            Fill(pod, "containers", "container", item, set);
        }
        if (set.Count > 0)
        {
            pod["metadata"]!.AsObject().Ensure("annotations")[Note] = $"LimitRanger plugin set: {string.Join("; ", set)}";
        }
        Check(request, pod, items);
    }

    /// <summary>Throws a 403; for an update, which gives nothing.</summary>
    public static void Check(AdmissionRequest request, JsonObject pod, JsonObject[] items)
    {
        List<string> faults = [];
        foreach (var item in items)
        {
            if (item.Text("type") == "Container")
            {
                foreach (var container in pod.Object("spec").Objects("initContainers").Concat(pod.Object("spec").Objects("containers")))
                {
                    Judge("Container", item, PodUsage.Amounts(container, "requests"), PodUsage.Amounts(container, "limits"), faults);
                }
            }
            else if (item.Text("type") == "Pod")
            {
                Judge("Pod", item, PodUsage.Together(pod, "requests"), PodUsage.Together(pod, "limits"), faults);
            }
        }
        if (faults.Count > 0)
        {
            throw ApiErrors.Forbidden(request.Kind, pod.TextAt("metadata.name"), faults.Count == 1 ? faults[0] : $"[{string.Join(", ", faults)}]");
        }
    }

    private static void Fill(JsonObject pod, string list, string noun, JsonObject item, List<string> set)
    {
        foreach (var container in pod.Object("spec").Objects(list))
        {
            var resources = container.Ensure("resources");
            // What is limited and does not say what it asks for, asks for its limit: that comes before any default.
            foreach (var (name, limit) in resources.Object("limits") ?? [])
            {
                resources.Ensure("requests")[name] ??= limit?.DeepClone();
            }
            Tell("request", Give(resources, "requests", item.Object("defaultRequest")));
            Tell("limit", Give(resources, "limits", item.Object("default")));

            void Tell(string what, string[] given)
            {
                if (given.Length > 0)
                {
                    set.Add($"{string.Join(", ", given)} {what} for {noun} {container.Text("name")}");
                }
            }
        }
    }

    private static string[] Give(JsonObject resources, string field, JsonObject? defaults)
    {
        string[] given = [.. (defaults ?? []).Select(static d => d.Key).Where(name => !resources.Object(field).Has(name)).Order(StringComparer.Ordinal)];
        foreach (var name in given)
        {
            resources.Ensure(field)[name] = defaults![name]!.DeepClone();
        }
        return given;
    }

    private static void Judge(string type, JsonObject item, Dictionary<string, Quantity> requests, Dictionary<string, Quantity> limits, List<string> faults)
    {
        foreach (var (name, least) in Amounts(item, "min"))
        {
            var what = $"minimum {name} usage per {type} is {least}";
            if (!requests.TryGetValue(name, out var request))
            {
                faults.Add($"{what}.  No request is specified");
            }
            else if (request.CompareTo(least) < 0)
            {
                faults.Add($"{what}, but request is {request}");
            }
        }
        foreach (var (name, most) in Amounts(item, "max"))
        {
            var what = $"maximum {name} usage per {type} is {most}";
            if (!limits.TryGetValue(name, out var limit))
            {
                faults.Add($"{what}.  No limit is specified");
            }
            else if (limit.CompareTo(most) > 0)
            {
                faults.Add($"{what}, but limit is {limit}");
            }
            else if (requests.TryGetValue(name, out var request) && request.CompareTo(most) > 0)
            {
                faults.Add($"{what}, but request is {request}");
            }
        }
        foreach (var (name, ratio) in Amounts(item, "maxLimitRequestRatio"))
        {
            var what = $"{name} max limit to request ratio per {type} is {ratio}";
            if (!requests.TryGetValue(name, out var request) || request.IsZero)
            {
                faults.Add($"{what}, but no request is specified or request is 0");
            }
            else if (!limits.TryGetValue(name, out var limit))
            {
                faults.Add($"{what}, but no limit is specified or limit is 0");
            }
            else if ((double)limit.Nanos / (double)request.Nanos is var given && given > (double)ratio.Nanos / 1e9)
            {
                faults.Add($"{what}, but provided ratio is {given.ToString("F6", CultureInfo.InvariantCulture)}");
            }
        }
    }

    private static IEnumerable<KeyValuePair<string, Quantity>> Amounts(JsonObject item, string field) => (item.Object(field) ?? [])
        .Where(static pair => Quantity.TryParse(pair.Value.AsText() ?? "", out _))
        .Select(static pair => KeyValuePair.Create(pair.Key, Quantity.TryParse(pair.Value.AsText()!, out var amount) ? amount : default));
}
