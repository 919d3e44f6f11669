using System.Globalization;
using System.Net;
using System.Threading.Channels;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Agent.Pods;

namespace Vitrine.Agent.Events;

/// <summary>
/// Reports core v1 Events in the background. The same event again raises its count instead of adding an object.
/// The queue is bounded: when the API is away for long, the newest events are dropped, never the pods' progress.
/// </summary>
internal sealed partial class EventRecorder(IKubernetes api, string nodeName, TimeProvider time, ILogger<EventRecorder> log)
{
    private const int Remembered = 1024;
    private readonly Channel<Corev1Event> queue = Channel.CreateBounded<Corev1Event>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly Dictionary<string, Corev1Event> known = new(StringComparer.Ordinal);

    public void Normal(V1Pod pod, string reason, string message, string? container) => Record(About(pod, container), "Normal", reason, message);

    public void Warning(V1Pod pod, string reason, string message, string? container) => Record(About(pod, container), "Warning", reason, message);

    public void Record(V1ObjectReference about, string type, string reason, string message)
    {
        var now = time.GetUtcNow();
        var ns = about.NamespaceProperty is { Length: > 0 } own ? own : "default";
        queue.Writer.TryWrite(new Corev1Event
        {
            ApiVersion = "v1",
            Kind = "Event",
            Metadata = new V1ObjectMeta { Name = string.Create(CultureInfo.InvariantCulture, $"{about.Name}.{now.UtcTicks:x}{Random.Shared.Next(0x1000):x3}"), NamespaceProperty = ns },
            InvolvedObject = about,
            Type = type,
            Reason = reason,
            // The API refuses notes beyond 1024 bytes.
            Message = message.Length <= 1024 ? message : message[..1021] + "...",
            Source = new V1EventSource { Component = "kubelet", Host = nodeName },
            ReportingComponent = "kubelet",
            ReportingInstance = nodeName,
            FirstTimestamp = ApiTime.Truncate(now),
            LastTimestamp = ApiTime.Truncate(now),
            Count = 1,
        });
    }

    public async Task RunAsync(CancellationToken ct)
    {
        await foreach (var one in queue.Reader.ReadAllAsync(ct).ConfigureAwait(false))
        {
            try
            {
                await SendAsync(one, ct).ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpOperationException or HttpRequestException && !ct.IsCancellationRequested)
            {
                LogLost(one.Reason, one.InvolvedObject.Kind, one.InvolvedObject.Name, e.Message);
            }
        }
    }

    private async Task SendAsync(Corev1Event one, CancellationToken ct)
    {
        var key = $"{one.InvolvedObject.Uid}|{one.InvolvedObject.FieldPath}|{one.Type}|{one.Reason}|{one.Message}";
        if (known.TryGetValue(key, out var seen))
        {
            seen.Count++;
            seen.LastTimestamp = one.LastTimestamp;
            try
            {
                var patch = $$"""{"count":{{seen.Count}},"lastTimestamp":"{{seen.LastTimestamp:yyyy-MM-ddTHH:mm:ssZ}}"}""";
                await api.CoreV1.PatchNamespacedEventAsync(new V1Patch(patch, V1Patch.PatchType.MergePatch), seen.Metadata.Name, seen.Metadata.NamespaceProperty, cancellationToken: ct).ConfigureAwait(false);
                return;
            }
            catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
            {
                // Expired in the API: report it anew below.
            }
        }

        if (known.Count >= Remembered)
        {
            known.Clear();
        }

        known[key] = one;
        await api.CoreV1.CreateNamespacedEventAsync(one, one.Metadata.NamespaceProperty, cancellationToken: ct).ConfigureAwait(false);
    }

    private static V1ObjectReference About(V1Pod pod, string? container) => new()
    {
        ApiVersion = "v1",
        Kind = "Pod",
        Name = pod.Metadata.Name,
        NamespaceProperty = pod.Metadata.NamespaceProperty,
        Uid = pod.Metadata.Uid,
        ResourceVersion = pod.Metadata.ResourceVersion,
        FieldPath = container is null ? null : PodContainers.FieldPath(pod, container),
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "event {Reason} about {Kind} {Name} could not be reported: {Why}")]
    private partial void LogLost(string reason, string kind, string name, string why);
}
