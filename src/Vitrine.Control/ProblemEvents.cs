using k8s.Models;
using Vitrine.Control.Api;

namespace Vitrine.Control;

/// <summary>Problems → one event each, once they have lasted: of objects that are made one after another, the first lacks the others for a moment.</summary>
/// <param name="events">who writes them</param>
/// <param name="component">who says so</param>
/// <param name="lasting">for how long</param>
/// <param name="time">the clock</param>
internal sealed class ProblemEvents(EventRecorder events, string component, TimeSpan lasting, TimeProvider time)
{
    private readonly Dictionary<(string Uid, string Field, string Message), (DateTimeOffset Since, bool Told)> seen = [];

    /// <summary>How long until the next one has lasted; null for none.</summary>
    /// <param name="problems">all there are; the field is empty for the object as a whole</param>
    public TimeSpan? Tell(IEnumerable<(Resource Resource, V1ObjectMeta About, string Field, string Reason, string Message)> problems)
    {
        var now = time.GetUtcNow();
        var still = new HashSet<(string, string, string)>();
        TimeSpan? wait = null;
        foreach (var (resource, about, field, reason, message) in problems)
        {
            var key = (about.Uid, field, message);
            still.Add(key);
            var (since, told) = seen.TryGetValue(key, out var before) ? before : (now, false);
            if (!told && now - since >= lasting)
            {
                events.Warning(resource, about, component, reason, field.Length == 0 ? message : $"{field}: {message}");
                told = true;
            }

            seen[key] = (since, told);
            if (!told && lasting - (now - since) is var left && (wait is null || left < wait))
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
