using System.Net;
using System.Text.Json;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Agent.Pods;

namespace Vitrine.Agent.Static;

/// <summary>
/// Runs the pods of the folder, whether there is an API or not, and keeps a mirror of each in it: made when it is missing, taken away when its file or its content is gone,
/// made again when somebody deletes it.
/// </summary>
internal sealed partial class StaticPodLoop(StaticPodSource source, PodLoop pods, IKubernetes api, Func<V1Node?> node, TimeProvider time, ILogger<StaticPodLoop> log)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private bool failing;

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            pods.SetStatic(source.Read(), ct);
            try
            {
                await MirrorAsync(ct).ConfigureAwait(false);
                failing = false;
            }
            catch (Exception e) when (!ct.IsCancellationRequested && e is HttpOperationException or HttpRequestException or OperationCanceledException or JsonException)
            {
                if (!failing)
                {
                    LogFailed(e.Message);
                }

                failing = true;
            }

            await Task.Delay(Period, time, ct).ConfigureAwait(false);
        }
    }

    private async Task MirrorAsync(CancellationToken ct)
    {
        // The node owns its mirrors: they go when it goes.
        if (node() is not { } owner || !pods.IsListed)
        {
            return;
        }

        foreach (var mirror in pods.Mirrors.Where(m => m.Metadata.DeletionTimestamp is not null || !pods.HasStatic(StaticPod.MirrorOf(m)!)).ToList())
        {
            await PodRemoval.RunAsync(api, mirror, ct).ConfigureAwait(false);
        }

        foreach (var pod in pods.WithoutMirror().ToList())
        {
            await CreateAsync(pod, owner, ct).ConfigureAwait(false);
        }
    }

    private async Task CreateAsync(V1Pod pod, V1Node owner, CancellationToken ct)
    {
        var mirror = KubernetesJson.Deserialize<V1Pod>(KubernetesJson.Serialize(pod));
        mirror.ApiVersion = "v1";
        mirror.Kind = "Pod";
        mirror.Metadata.Uid = null;
        mirror.Metadata.Annotations[StaticPod.Mirror] = pod.Metadata.Uid;
        mirror.Metadata.OwnerReferences = [new V1OwnerReference { ApiVersion = "v1", Kind = "Node", Name = owner.Metadata.Name, Uid = owner.Metadata.Uid, Controller = true }];
        try
        {
            await api.CoreV1.CreateNamespacedPodAsync(mirror, mirror.Metadata.NamespaceProperty, cancellationToken: ct).ConfigureAwait(false);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Conflict)
        {
            // One is there that we have not heard of yet, or another pod has the name: the next look tells.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "mirroring static pods: {Why}; trying again")]
    private partial void LogFailed(string why);
}
