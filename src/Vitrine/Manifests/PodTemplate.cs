using System.Text.Json.Nodes;
using k8s.Models;

namespace Vitrine.Manifests;

/// <summary>What an object of the files says of the pods it makes, or is.</summary>
/// <param name="Source">the object</param>
/// <param name="Path">of the spec in it: "spec", "spec.template.spec" …</param>
/// <param name="Labels">of the pods</param>
/// <param name="Spec">of the pods</param>
internal sealed record PodTemplate(FileObject Source, string Path, IDictionary<string, string> Labels, V1PodSpec Spec)
{
    /// <summary>Of everything that the API server takes, in the order of the files.</summary>
    public static IEnumerable<PodTemplate> Of(DraftedCluster cluster) => cluster.Objects.Where(o => o.Draft.Stored).Select(Of).OfType<PodTemplate>();

    /// <summary>Where an object has a pod's metadata and spec, with a final dot; null for a kind that makes no pods.</summary>
    public static string? PathOf(FileObject source) => (source.Draft.Group, source.Kind) switch
    {
        ("", "Pod") => "",
        ("apps", "Deployment" or "ReplicaSet" or "StatefulSet" or "DaemonSet") or ("", "ReplicationController") or ("batch", "Job") => "spec.template.",
        ("batch", "CronJob") => "spec.jobTemplate.spec.template.",
        _ => null,
    };

    private static PodTemplate? Of(FileObject source)
    {
        var path = PathOf(source);
        JsonNode? at = source.Value;
        foreach (var step in (path ?? "").Split('.', StringSplitOptions.RemoveEmptyEntries))
            at = at?[step];
        if (path is null || at is null)
            return null;
        var template = ObjectDraft.Read<V1PodTemplateSpec>(at);
        return template.Spec is null ? null : new PodTemplate(source, $"{path}spec", template.Metadata?.Labels ?? new Dictionary<string, string>(), template.Spec);
    }

    /// <summary>Its containers, the init containers first, each with its path.</summary>
    public IEnumerable<(string Path, V1Container Container)> Containers =>
        (Spec.InitContainers ?? []).Select((c, i) => ($"{Path}.initContainers[{i}]", c)).Concat(Spec.Containers.Select((c, i) => ($"{Path}.containers[{i}]", c)));
}
