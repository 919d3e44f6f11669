using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Vitrine.Control.Api;

namespace Vitrine.Control.Pods;

/// <summary>Pod templates: the pod made of one, and when two of them are the same.</summary>
internal static class PodTemplates
{
    public const string HashLabel = "pod-template-hash";

    /// <summary>A pod of the template, owned; the API adds five characters to the owner's name.</summary>
    public static V1Pod Pod(V1PodTemplateSpec template, Resource resource, V1ObjectMeta owner) => new()
    {
        ApiVersion = "v1",
        Kind = "Pod",
        Metadata = new V1ObjectMeta
        {
            GenerateName = owner.Name + "-",
            NamespaceProperty = owner.NamespaceProperty,
            Labels = Copy(template.Metadata?.Labels),
            Annotations = Copy(template.Metadata?.Annotations),
            Finalizers = template.Metadata?.Finalizers is { Count: > 0 } finalizers ? [.. finalizers] : null,
            OwnerReferences = [Owners.Reference(resource, owner)],
        },
        Spec = Clone(template.Spec),
    };

    public static T Clone<T>(T value) => KubernetesJson.Deserialize<T>(KubernetesJson.Serialize(value));

    /// <summary>Two templates are the same if this text is: keys in order, no empty lists, no hash label.</summary>
    public static string Canonical(V1PodTemplateSpec template)
    {
        var json = JsonNode.Parse(KubernetesJson.Serialize(template))!.AsObject();
        if (json["metadata"]?["labels"] is JsonObject labels)
        {
            labels.Remove(HashLabel);
        }

        return Text(json);
    }

    /// <summary>A JSON value in one form only: sorted keys, no nulls, no empty lists.</summary>
    public static string Text(JsonNode node)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            Write(node, writer);
        }

        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    public static Dictionary<string, string> Copy(IDictionary<string, string>? map) => map is null ? [] : new Dictionary<string, string>(map);

    private static void Write(JsonNode node, Utf8JsonWriter writer)
    {
        switch (node)
        {
            case JsonObject map:
                writer.WriteStartObject();
                foreach (var (name, value) in map.OrderBy(p => p.Key, StringComparer.Ordinal))
                {
                    if (value is not null and not JsonArray { Count: 0 })
                    {
                        writer.WritePropertyName(name);
                        Write(value, writer);
                    }
                }

                writer.WriteEndObject();
                break;
            case JsonArray list:
                writer.WriteStartArray();
                foreach (var item in list)
                {
                    Write(item!, writer);
                }

                writer.WriteEndArray();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }
}
