using System.Collections.Immutable;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Explain.Services;

/// <summary>Why a Service's selector finds no pod, and what it may have been meant to say.</summary>
internal static class SelectorFault
{
    internal static Leg Of(Scene scene, Service service, Leg leg)
    {
        var workloads = scene.Observations.Workloads;
        var selector = Text(service.Selector);
        if (workloads.FirstOrDefault(w => w.Namespace == service.Namespace && Matches(service.Selector, w.Labels)) is { } idle)
            return idle.Replicas == 0
                ? leg with
                {
                    Culprit = idle.ToString(), Why = $"service/{service.Key} has no endpoint: {idle} makes its pods, and is to make none (replicas: 0)",
                    Fix = $"scale it up", Command = $"kubectl scale {idle.Kind}/{idle.Name} -n {idle.Namespace} --replicas=1",
                }
                : leg with
                {
                    Culprit = idle.ToString(), Why = $"service/{service.Key} has no endpoint: {idle} is to make its pods, and there are none",
                    Fix = "see its events for what hinders it", Command = $"kubectl describe {idle.Kind}/{idle.Name} -n {idle.Namespace}",
                };
        leg = leg with { Culprit = $"service/{service.Key}" };
        var known = workloads.Where(w => w.Namespace == service.Namespace).Select(w => (Object: w.ToString(), w.Labels))
            .Concat(scene.Snapshot.Pods.Values.Where(p => p.Namespace == service.Namespace && !p.Finished).Select(p => (Object: Place.Pod(p.Key), p.Labels)))
            .Select(k => (k.Object, k.Labels, Wrong: service.Selector.Where(s => k.Labels.GetValueOrDefault(s.Key) != s.Value).ToArray()))
            .Where(k => k.Wrong.Length < service.Selector.Count || k.Wrong.Any(w => Meant(w, k.Labels) is not null))
            .OrderBy(k => k.Wrong.Length).ThenBy(k => k.Wrong.Sum(w => Meant(w, k.Labels) is null ? 1 : 0)).ThenBy(k => k.Object, StringComparer.Ordinal).ToArray();
        if (known is [var near, ..])
        {
            var wrong = near.Wrong.OrderBy(w => w.Key, StringComparer.Ordinal).First();
            var meant = Meant(wrong, near.Labels);
            var has = meant is { } m ? $"{m.Key}={m.Value}" : near.Labels.TryGetValue(wrong.Key, out var other) ? $"{wrong.Key}={other}" : $"no label {wrong.Key}";
            return leg with
            {
                Why = $"service/{service.Key} has no endpoint: its selector {selector} finds no pod; the nearest, {near.Object}, has {has} instead of {wrong.Key}={wrong.Value}",
                Fix = $"mend spec.selector of service/{service.Key}: {Text(near.Labels.Where(l => service.Selector.ContainsKey(l.Key) || l.Key == meant?.Key))}",
                Command = Patch(service, wrong, meant ?? (near.Labels.TryGetValue(wrong.Key, out var value) ? KeyValuePair.Create(wrong.Key, value) : null)),
            };
        }
        return scene.Snapshot.Pods.Values.Where(p => !p.Finished && Matches(service.Selector, p.Labels)).OrderBy(p => p.Key, StringComparer.Ordinal).FirstOrDefault() is { } elsewhere
            ? leg with
            {
                Why = $"service/{service.Key} has no endpoint: its selector {selector} finds pods in namespace {elsewhere.Namespace} only, and a Service selects in its own namespace",
                Fix = $"make the Service in namespace {elsewhere.Namespace}, or run the pods in {service.Namespace}", Command = $"kubectl get pods -n {service.Namespace} --show-labels",
            }
            : leg with
            {
                Why = $"service/{service.Key} has no endpoint: no pod in namespace {service.Namespace} has the labels of its selector, {selector}",
                Fix = "run pods with these labels, or mend spec.selector", Command = $"kubectl get pods -n {service.Namespace} --show-labels",
            };
    }

    internal static bool Matches(ImmutableDictionary<string, string> selector, ImmutableDictionary<string, string> labels) =>
        !selector.IsEmpty && selector.All(s => labels.TryGetValue(s.Key, out var value) && value == s.Value);

    internal static string Text(IEnumerable<KeyValuePair<string, string>> labels) => string.Join(',', labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));

    /// <summary>The label a misspelt one stands for: the same key with a like value, or a like key with the same value.</summary>
    private static KeyValuePair<string, string>? Meant(KeyValuePair<string, string> wrong, ImmutableDictionary<string, string> labels)
    {
        if (labels.TryGetValue(wrong.Key, out var value))
            return Nearest.To(wrong.Value, [value]) is null ? null : KeyValuePair.Create(wrong.Key, value);
        return Nearest.To(wrong.Key, labels.Where(l => l.Value == wrong.Value).Select(l => l.Key)) is { } key ? KeyValuePair.Create(key, wrong.Value) : null;
    }

    /// <summary>A JSON merge patch of the one label; null removes a key.</summary>
    private static string? Patch(Service service, KeyValuePair<string, string> wrong, KeyValuePair<string, string>? right)
    {
        if (right is not { } label)
            return $"kubectl patch service {service.Name} -n {service.Namespace} --type=merge -p '{{\"spec\":{{\"selector\":{{\"{wrong.Key}\":null}}}}}}'";
        var old = label.Key == wrong.Key ? "" : $"\"{wrong.Key}\":null,";
        return $"kubectl patch service {service.Name} -n {service.Namespace} --type=merge -p '{{\"spec\":{{\"selector\":{{{old}\"{label.Key}\":\"{label.Value}\"}}}}}}'";
    }
}
