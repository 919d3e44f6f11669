using System.Threading.Channels;
using k8s;
using k8s.Models;

namespace Vitrine.Control.Api;

/// <summary>
/// Events of the workload controllers. They are told, not awaited: a full queue or an API that is away loses events, never time.
/// The same words about the same object raise a count; one object gets at most 25 in a burst and then one each five minutes,
/// as client-go's spam filter has it.
/// </summary>
internal sealed class EventRecorder(ApiClient api, TimeProvider time)
{
    private const int Burst = 25;
    private static readonly TimeSpan Refill = TimeSpan.FromMinutes(5);
    private readonly Channel<Told> told = Channel.CreateBounded<Told>(new BoundedChannelOptions(2000) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly Dictionary<(string Uid, string Reason, string Message), (string Name, int Count)> seen = [];
    private readonly Dictionary<string, (double Left, DateTime At)> allowed = [];

    private sealed record Told(V1ObjectReference About, string Component, string Type, string Reason, string Message, DateTime At);

    public void Normal(Resource resource, V1ObjectMeta about, string component, string reason, string message) => Tell(resource, about, component, "Normal", reason, message);

    public void Warning(Resource resource, V1ObjectMeta about, string component, string reason, string message) => Tell(resource, about, component, "Warning", reason, message);

    /// <summary>Writes what was told until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await foreach (var one in told.Reader.ReadAllAsync(ct))
        {
            try
            {
                await WriteAsync(one, ct);
            }
            catch (HttpRequestException)
            {
                // An event is news, not state: the namespace may be gone, or the API away.
            }
        }
    }

    private void Tell(Resource resource, V1ObjectMeta about, string component, string type, string reason, string message) => told.Writer.TryWrite(new Told(
        new V1ObjectReference { ApiVersion = resource.Version, Kind = resource.Kind, Name = about.Name, NamespaceProperty = about.NamespaceProperty, Uid = about.Uid, ResourceVersion = about.ResourceVersion },
        component, type, reason, message, time.GetUtcNow().UtcDateTime));

    private async Task WriteAsync(Told one, CancellationToken ct)
    {
        if (!Allow(one.About.Uid ?? one.About.Name, one.At))
        {
            return;
        }

        var ns = string.IsNullOrEmpty(one.About.NamespaceProperty) ? "default" : one.About.NamespaceProperty;
        var key = (one.About.Uid ?? "", one.Reason, one.Message);
        if (seen.TryGetValue(key, out var before))
        {
            seen[key] = (before.Name, before.Count + 1);
            var patch = $$"""{"count":{{before.Count + 1}},"lastTimestamp":"{{one.At:yyyy-MM-dd'T'HH:mm:ss'Z'}}"}""";
            if (await api.PatchAsync(Resource.Events, ns, before.Name, patch, ct))
            {
                return;
            }
        }

        if (seen.Count > 4096)
        {
            seen.Clear();
            allowed.Clear();
        }

        var name = $"{one.About.Name}.{one.At.Ticks:x}";
        seen[key] = (name, 1);
        await api.CreateAsync(
            Resource.Events,
            ns,
            new Corev1Event
            {
                ApiVersion = "v1",
                Kind = "Event",
                Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = ns },
                InvolvedObject = one.About,
                Source = new V1EventSource { Component = one.Component },
                ReportingComponent = one.Component,
                Type = one.Type,
                Reason = one.Reason,
                Message = one.Message.Length > 1024 ? one.Message[..1021] + "..." : one.Message,
                FirstTimestamp = one.At,
                LastTimestamp = one.At,
                Count = 1,
            },
            ct);
    }

    private bool Allow(string about, DateTime at)
    {
        var (left, then) = allowed.GetValueOrDefault(about, (Burst, at));
        left = Math.Min(Burst, left + ((at - then) / Refill));
        allowed[about] = (left < 1 ? left : left - 1, at);
        return left >= 1;
    }
}
