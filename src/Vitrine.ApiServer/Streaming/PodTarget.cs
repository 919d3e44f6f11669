using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Streaming;

/// <summary>The pod a streaming request is for, and the agent that runs it.</summary>
internal sealed record PodTarget(JsonObject Pod, KubeletAddress Agent)
{
    public static PodTarget Of(ApiRequest request)
    {
        JsonObject pod = GetVerb.Find(request).Parse();
        string node = pod["spec"] is JsonObject spec ? ObjectMeta.Text(spec, "nodeName") : "";
        return node.Length > 0
            ? new PodTarget(pod, KubeletAddress.Of(request, node))
            : throw ApiErrors.BadRequest($"pod {request.Name} does not have a host assigned");
    }

    public string Container(ApiRequest request) => PodContainer.Choose(Pod, request.Name, request.Query("container"));
}
