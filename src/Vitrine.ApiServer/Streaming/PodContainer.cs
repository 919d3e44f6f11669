using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Streaming;

/// <summary>Which container of a pod a log or exec request means (k8s.io/kubernetes/pkg/registry/core/pod: LogLocation, streamLocation).</summary>
internal static class PodContainer
{
    private const string DefaultAnnotation = "kubectl.kubernetes.io/default-container";

    /// <summary>Throws upstream's 400 when it is not named and not the only one, or not in the pod.</summary>
    public static string Choose(JsonObject pod, string podName, string? asked)
    {
        JsonObject spec = pod["spec"] as JsonObject ?? [];
        List<string> containers = Names(spec, "containers");
        List<string> initial = Names(spec, "initContainers");
        List<string> ephemeral = Names(spec, "ephemeralContainers");
        if (!string.IsNullOrEmpty(asked))
        {
            return containers.Contains(asked) || initial.Contains(asked) || ephemeral.Contains(asked)
                ? asked
                : throw ApiErrors.BadRequest($"container {asked} is not valid for pod {podName}");
        }

        if (containers is [var only] && initial.Count == 0 && ephemeral.Count == 0)
        {
            return only;
        }

        if (pod["metadata"]?["annotations"] is JsonObject annotations && ObjectMeta.Text(annotations, DefaultAnnotation) is { Length: > 0 } preferred && containers.Contains(preferred))
        {
            return preferred;
        }

        string message = $"a container name must be specified for pod {podName}, choose one of: [{string.Join(' ', containers)}]";
        if (initial.Count > 0)
        {
            message += $" or one of the init containers: [{string.Join(' ', initial)}]";
        }

        throw ApiErrors.BadRequest(message);
    }

    private static List<string> Names(JsonObject spec, string list) =>
        (spec[list] as JsonArray)?.OfType<JsonObject>().Select(static container => ObjectMeta.Text(container, "name")).ToList() ?? [];
}
