using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Control.Gateways;

/// <summary>Problems → one event each, once they have lasted: of objects that are made one after another, the first lacks the others for a moment.</summary>
internal sealed class ProblemEvents(EventRecorder events, TimeProvider time)
{
    private const string Component = "vitrine-gateway";
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(2);
    private readonly Dictionary<(string Uid, string Field, string Message), (DateTimeOffset Since, bool Told)> seen = [];

    /// <summary>How long until the next one has lasted; null for none.</summary>
    public TimeSpan? Tell(ControlSnapshot snapshot, IEnumerable<GatewayProblem> problems)
    {
        var now = time.GetUtcNow();
        var still = new HashSet<(string, string, string)>();
        TimeSpan? wait = null;
        foreach (var problem in problems)
        {
            var (ns, name) = (problem.Source.Namespace, problem.Source.Name);
            // Routes of the Gateway API have conditions for it.
            var (resource, about) = problem.Source.Kind switch
            {
                "Ingress" => (Resource.Ingresses, snapshot.Ingresses.Find(ns, name)?.Metadata),
                "Service" => (Resource.Services, snapshot.Services.Find(ns, name)?.Metadata),
                _ => (Resource.Ingresses, null),
            };
            if (about is null)
            {
                continue;
            }

            var key = (about.Uid, problem.Source.Field, problem.Message);
            still.Add(key);
            var (since, told) = seen.TryGetValue(key, out var before) ? before : (now, false);
            if (!told && now - since >= Lasting)
            {
                var field = problem.Source.Field;
                events.Warning(resource, about, Component, problem.Reason, field.Length == 0 ? problem.Message : $"{field}: {problem.Message}");
                told = true;
            }

            seen[key] = (since, told);
            if (!told && Lasting - (now - since) is var left && (wait is null || left < wait))
            {
                wait = left;
            }
        }

        foreach (var gone in seen.Keys.Where(k => !still.Contains(k)).ToArray())
        {
            seen.Remove(gone);
        }

        return wait;
    }
}
