using System.Net;
using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>Sends one pod's status when it differs from what was sent last. The uid in the patch makes the API refuse it for a successor of the same name.</summary>
internal sealed class PodStatusWriter(IKubernetes api)
{
    private string? sent;
    private string? sentTo;

    /// <returns>False when the pod is gone from the API.</returns>
    public async Task<bool> WriteAsync(V1Pod pod, V1PodStatus status, CancellationToken ct)
    {
        var text = KubernetesJson.Serialize(status);
        // A node that was given up by mistake has its pods marked not ready by the control plane; what was sent is then not what the API holds.
        var overwritten = pod.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "False", Reason: "NodeNotReady" }) == true;
        if (text == sent && sentTo == pod.Metadata.Uid && !overwritten)
        {
            return true;
        }

        var body = JsonNode.Parse(text)!.AsObject();
        // Conditions are merged by type: only our own are sent, so that nobody's else are undone. Lists of addresses are replaced.
        if (body["conditions"] is JsonArray conditions)
        {
            body["conditions"] = new JsonArray([.. conditions.Where(c => PodConditions.IsOwn((string?)c!["type"] ?? "")).Select(c => c!.DeepClone())]);
        }

        foreach (var list in (string[])["podIPs", "hostIPs"])
        {
            (body[list] as JsonArray)?.Insert(0, new JsonObject { ["$patch"] = "replace" });
        }

        // A patch only removes what it names.
        foreach (var field in (string[])["reason", "message", "podIP", "podIPs", "initContainerStatuses", "ephemeralContainerStatuses"])
        {
            body.TryAdd(field, null);
        }

        var patch = new JsonObject { ["metadata"] = new JsonObject { ["uid"] = pod.Metadata.Uid }, ["status"] = body };
        try
        {
            await api.CoreV1.PatchNamespacedPodStatusAsync(
                new V1Patch(patch.ToJsonString(), V1Patch.PatchType.StrategicMergePatch), pod.Metadata.Name, pod.Metadata.NamespaceProperty, cancellationToken: ct).ConfigureAwait(false);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            return false;
        }

        (sent, sentTo) = (text, pod.Metadata.Uid);
        return true;
    }

    /// <summary>Removes the pod object itself: the last step of a graceful deletion.</summary>
    public Task DeleteAsync(V1Pod pod, CancellationToken ct) => PodRemoval.RunAsync(api, pod, ct);
}
