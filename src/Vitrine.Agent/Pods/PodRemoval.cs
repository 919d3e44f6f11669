using System.Net;
using System.Text.Json;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>Takes a pod's object out of the API at once: of one that has ended, or the mirror of a static one.</summary>
internal static class PodRemoval
{
    /// <summary>A successor of the same name stays.</summary>
    public static async Task RunAsync(IKubernetes api, V1Pod pod, CancellationToken ct)
    {
        try
        {
            await api.CoreV1.DeleteNamespacedPodAsync(
                pod.Metadata.Name,
                pod.Metadata.NamespaceProperty,
                new V1DeleteOptions { GracePeriodSeconds = 0, Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid } },
                cancellationToken: ct).ConfigureAwait(false);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            // Somebody else finished it, or a successor has taken the name.
        }
        catch (JsonException)
        {
            // The API may answer a delete with a Status where the client expects the Pod; the deletion itself was done.
        }
    }
}
