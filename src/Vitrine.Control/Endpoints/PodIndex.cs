namespace Vitrine.Control.Endpoints;

/// <summary>Pods by each of their labels, and Services by one label of their selectors: neither side has to look at all of the other. Not thread-safe.</summary>
internal sealed class PodIndex
{
    private readonly Dictionary<string, EndpointPod> pods = [];
    private readonly Dictionary<(string Namespace, string Key, string Value), Dictionary<string, EndpointPod>> byLabel = [];
    private readonly Dictionary<(string Namespace, string Key, string Value), HashSet<string>> waiting = [];
    private readonly Dictionary<string, KeyValuePair<string, string>[]> selectors = [];

    public IEnumerable<string> PodKeys => pods.Keys;

    /// <summary>Puts a pod in place of an older one, or takes it away; the Services that have to be looked at.</summary>
    public IReadOnlyCollection<string> Set(string ns, string key, EndpointPod? pod)
    {
        var before = pods.GetValueOrDefault(key);
        if (before is not null && pod is not null && before.SameEndpoint(pod) && before.Labels.Count == pod.Labels.Count && before.Labels.All(l => pod.Labels.TryGetValue(l.Key, out var value) && value == l.Value))
        {
            return [];
        }

        var touched = new HashSet<string>();
        if (before is not null)
        {
            touched.UnionWith(SelectorsOf(before));
            foreach (var (name, value) in before.Labels)
            {
                if (byLabel.TryGetValue((ns, name, value), out var group) && group.Remove(key) && group.Count == 0)
                {
                    byLabel.Remove((ns, name, value));
                }
            }

            pods.Remove(key);
        }

        if (pod is not null)
        {
            pods[key] = pod;
            foreach (var (name, value) in pod.Labels)
            {
                if (!byLabel.TryGetValue((ns, name, value), out var group))
                {
                    byLabel[(ns, name, value)] = group = [];
                }

                group[key] = pod;
            }

            touched.UnionWith(SelectorsOf(pod));
        }

        return touched;
    }

    /// <summary>Says which labels a Service selects by; null or none for not at all.</summary>
    public void Select(string ns, string service, IDictionary<string, string>? selector)
    {
        if (selectors.Remove(service, out var before) && waiting.TryGetValue(Place(ns, before), out var others) && others.Remove(service) && others.Count == 0)
        {
            waiting.Remove(Place(ns, before));
        }

        if (selector is not { Count: > 0 })
        {
            return;
        }

        KeyValuePair<string, string>[] pairs = [.. selector.OrderBy(p => p.Key, StringComparer.Ordinal)];
        selectors[service] = pairs;
        if (!waiting.TryGetValue(Place(ns, pairs), out var set))
        {
            waiting[Place(ns, pairs)] = set = [];
        }

        set.Add(service);
    }

    public IReadOnlyCollection<EndpointPod> Selected(string ns, string service)
    {
        if (!selectors.TryGetValue(service, out var pairs))
        {
            return [];
        }

        Dictionary<string, EndpointPod>? fewest = null;
        foreach (var (key, value) in pairs)
        {
            if (!byLabel.TryGetValue((ns, key, value), out var group))
            {
                return [];
            }

            fewest = fewest is null || group.Count < fewest.Count ? group : fewest;
        }

        return [.. fewest!.Values.Where(p => Matches(pairs, p))];
    }

    private IEnumerable<string> SelectorsOf(EndpointPod pod) => pod.Labels
        .SelectMany(l => waiting.TryGetValue((pod.Namespace, l.Key, l.Value), out var services) ? services : [])
        .Where(service => Matches(selectors[service], pod));

    private static (string, string, string) Place(string ns, KeyValuePair<string, string>[] pairs) => (ns, pairs[0].Key, pairs[0].Value);

    private static bool Matches(KeyValuePair<string, string>[] pairs, EndpointPod pod) =>
        Array.TrueForAll(pairs, p => pod.Labels.TryGetValue(p.Key, out var value) && value == p.Value);
}
