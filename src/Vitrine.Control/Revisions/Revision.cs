using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Revisions;

/// <summary>A ControllerRevision: one template a DaemonSet or StatefulSet had, as the patch `kubectl rollout undo` applies.</summary>
/// <param name="Number">Higher is newer.</param>
/// <param name="Text">Its data in canonical form: equal texts are equal templates.</param>
internal sealed record Revision(V1ObjectMeta Metadata, long Number, string Text) : IMetadata<V1ObjectMeta>
{
    public const string HashLabel = "controller-revision-hash";

    public V1ObjectMeta Metadata { get; set; } = Metadata;

    /// <summary>The label value of pods made from it.</summary>
    public string Hash => PodFacts.Label(Metadata, HashLabel) is { Length: > 0 } hash ? hash : Metadata.Name;

    public static Revision Read(JsonElement json) => new(
        KubernetesJson.Deserialize<V1ObjectMeta>(json.GetProperty("metadata").GetRawText()),
        json.TryGetProperty("revision", out var number) ? number.GetInt64() : 0,
        json.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object ? PodTemplates.Text(JsonNode.Parse(data.GetRawText())!) : "");

    /// <summary>A template as revision data: {"spec":{"template":{…,"$patch":"replace"}}}.</summary>
    public static JsonObject DataOf(V1PodTemplateSpec template)
    {
        var body = JsonNode.Parse(KubernetesJson.Serialize(template))!.AsObject();
        body["$patch"] = "replace";
        return new JsonObject { ["spec"] = new JsonObject { ["template"] = body } };
    }

    /// <summary>The hash a new revision of a template is told apart by.</summary>
    public static string NewHash(V1PodTemplateSpec template, int? collisions) => TemplateHash.Of(PodTemplates.Text(DataOf(template)), collisions);

    /// <summary>The template it holds.</summary>
    public V1PodTemplateSpec Template()
    {
        var body = JsonNode.Parse(Text)!["spec"]!["template"]!.AsObject();
        body.Remove("$patch");
        return KubernetesJson.Deserialize<V1PodTemplateSpec>(body.ToJsonString());
    }
}
