using k8s;
using k8s.Models;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control;

/// <summary>Events of the control plane, one object each.</summary>
internal static class Events
{
    public static Task NodeAsync(Kubernetes client, Node node, string reason, string message, TimeProvider time, CancellationToken ct) =>
        SendAsync(client, "default", new V1ObjectReference { ApiVersion = "v1", Kind = "Node", Name = node.Name, Uid = node.Uid }, "cidrAllocator", "Warning", reason, message, time, ct);

    private static Task SendAsync(
        Kubernetes client, string ns, V1ObjectReference about, string component, string type, string reason, string message, TimeProvider time, CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return Writes.CreateAsync(() => client.CoreV1.CreateNamespacedEventAsync(
            new Corev1Event
            {
                Metadata = new V1ObjectMeta { Name = $"{about.Name}.{now.Ticks:x}", NamespaceProperty = ns },
                InvolvedObject = about,
                Source = new V1EventSource { Component = component },
                ReportingComponent = component,
                Type = type,
                Reason = reason,
                Message = message,
                FirstTimestamp = now,
                LastTimestamp = now,
                Count = 1,
            },
            ns,
            cancellationToken: ct));
    }
}
