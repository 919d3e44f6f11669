using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using k8s;
using Vitrine.ApiServer.Drafts;

namespace Vitrine.Mapping;

/// <summary>Applies or deletes the objects of a manifest for whoever follows the chapters: server-side apply, as kubectl apply --server-side does it.</summary>
internal sealed class MapApply(Kubernetes api)
{
    private const string Manager = "vitrine-map";

    // What the chapters are made of besides what is drawn.
    private static readonly DrawnKind[] Kinds = [.. DrawnKind.All, new("ConfigMap", "v1", "configmaps")];

    /// <summary>One sentence for each object.</summary>
    /// <exception cref="CommandFailure">a document is no object of a kind that the map applies, or the API server refuses it</exception>
    public async Task<IReadOnlyList<string>> ApplyAsync(string manifest, bool delete, CancellationToken ct)
    {
        var done = new List<string>();
        var documents = ManifestReader.Read(manifest).ToArray();
        // Nothing is touched before all can be read.
        foreach (var (kind, path, value) in documents.Select(Target).ToArray())
        {
            using var request = new HttpRequestMessage(delete ? HttpMethod.Delete : HttpMethod.Patch, new Uri(api.BaseUri, delete ? path : $"{path}?fieldManager={Manager}&force=true"));
            if (!delete)
                request.Content = new StringContent(value.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/apply-patch+yaml"));
            using var answer = await api.HttpClient.SendAsync(request, ct);
            var gone = delete && answer.StatusCode == HttpStatusCode.NotFound;
            if (!answer.IsSuccessStatusCode && !gone)
                throw new CommandFailure($"the API server refuses {kind.Kind}/{path.Split('/')[^1]}: {Message(await answer.Content.ReadAsStringAsync(ct))}", "mend the manifest");
            done.Add($"{kind.Kind}/{path.Split('/')[^1]} {(gone ? "was not there" : delete ? "deleted" : answer.StatusCode == HttpStatusCode.Created ? "created" : "applied")}");
        }
        return done;
    }

    private static (DrawnKind Kind, string Path, JsonNode Value) Target(ManifestDocument document)
    {
        if (document.Value is not JsonObject value || (string?)value["kind"] is not { } name || (string?)value["metadata"]?["name"] is not { } called)
            throw new CommandFailure($"document {document.Number} is no object: {document.Fault ?? "it has no kind or no name"}", "give apiVersion, kind and metadata.name");
        var kind = Array.Find(Kinds, k => k.Kind == name && k.ApiVersion == (string?)value["apiVersion"])
            ?? throw new CommandFailure($"the map does not apply {(string?)value["apiVersion"]} {name}", "kubectl apply -f does");
        return (kind, kind.PathOf((string?)value["metadata"]!["namespace"] ?? "default", called), value);
    }

    private static string Message(string status)
    {
        try
        {
            return (string?)JsonNode.Parse(status)?["message"] ?? status;
        }
        catch (System.Text.Json.JsonException)
        {
            return status;
        }
    }
}
