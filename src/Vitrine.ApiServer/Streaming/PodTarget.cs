using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Streaming;

/// <summary>The container a streaming request is for, and the agent that runs it; null while the pod is not scheduled.</summary>
internal sealed record PodTarget(string Container, KubeletAddress? Agent)
{
    /// <summary>Container first, node second, so that the errors come in upstream's order.</summary>
    /// <param name="container">False for port-forward, which is about the pod's network.</param>
    public static PodTarget Of(ApiRequest request, bool container)
    {
        JsonObject pod = GetVerb.Find(request).Parse();
        string chosen = container ? PodContainer.Choose(pod, request.Name, request.Query("container")) : "";
        string node = pod["spec"] is JsonObject spec ? ObjectMeta.Text(spec, "nodeName") : "";
        return new PodTarget(chosen, node.Length > 0 ? KubeletAddress.Of(request, node) : null);
    }

    public KubeletAddress Scheduled(ApiRequest request) => Agent ?? throw ApiErrors.BadRequest($"pod {request.Name} does not have a host assigned");
}
