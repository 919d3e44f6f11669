using System.Text.Json.Nodes;
using Vitrine.ApiServer.Drafts;
using Vitrine.ApiServer.Services;

namespace Vitrine.Manifests;

/// <summary>A static pod's file, judged and filled in by the API server's own code, so that a node says at once what the API would say of the mirror.</summary>
internal static class StaticManifest
{
    private const string Mirror = "kubernetes.io/config.mirror";

    /// <returns>JSON of the pod.</returns>
    /// <exception cref="FormatException">It is none, not a single one, or not a valid one.</exception>
    public static string Read(string text)
    {
        if (ManifestReader.Read(text).ToList() is not [var document])
        {
            throw new FormatException("a static pod's file holds one object");
        }

        if (document.Value is not JsonObject value)
        {
            throw new FormatException(document.Fault ?? "it holds no object");
        }

        if ((string?)value["kind"] is not "Pod" || (string?)value["apiVersion"] is not "v1")
        {
            throw new FormatException($"it holds a {value["apiVersion"]} {value["kind"]}; a static pod is a v1 Pod");
        }

        if (value["metadata"] is not JsonObject metadata)
        {
            throw new FormatException("metadata.name: Required value");
        }

        if (metadata["annotations"] is not JsonObject annotations)
        {
            metadata["annotations"] = annotations = [];
        }

        annotations[Mirror] = "file";
        var draft = new DraftServer(new ServiceRanges());
        draft.Begin();
        var pod = draft.Create(value, duplicates: document.Duplicates);
        return pod.Stored ? pod.Value.ToJsonString() : throw new FormatException(string.Join("; ", pod.Faults.Select(f => f.Field.Length > 0 && !f.Message.StartsWith(f.Field, StringComparison.Ordinal) ? $"{f.Field}: {f.Message}" : f.Message)));
    }
}
