using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;

namespace Vitrine.Mapping;

/// <summary>
/// The API's objects of all drawn kinds into one stream: "list" events with what is there, "synced" when all are, then a "change" for each change of a watch.
/// It ends when a watch does; whoever reads asks anew.
/// </summary>
internal sealed class ObjectStream(Kubernetes api, EventStream stream)
{
    public async Task RunAsync(CancellationToken ct)
    {
        // Lists go out in order, so that a node is there before its pods are.
        var lists = DrawnKind.All.Select(k => (Kind: k, List: ListAsync(api, k, ct))).ToArray();
        var watches = new List<(DrawnKind Kind, string Version)>();
        foreach (var (kind, list) in lists)
            if (await list is { } found)
            {
                await stream.SendAsync("list", Bytes(found), ct);
                watches.Add((kind, (string)found["resourceVersion"]!));
            }
        await stream.SendAsync("synced", "{}"u8.ToArray(), ct);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var running = watches.Select(w => WatchAsync(w.Kind, w.Version, end.Token)).ToArray();
        await Task.WhenAny(running);
        await end.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>{kind, apiVersion, resourceVersion, items}; null where the kind is not served.</summary>
    public static async Task<JsonObject?> ListAsync(Kubernetes api, DrawnKind kind, CancellationToken ct)
    {
        using var answer = await api.HttpClient.GetAsync(new Uri(api.BaseUri, kind.Path), ct);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return null;
        answer.EnsureSuccessStatusCode();
        var list = (await JsonNode.ParseAsync(await answer.Content.ReadAsStreamAsync(ct), cancellationToken: ct))!.AsObject();
        var items = list["items"]!.AsArray();
        list.Remove("items");
        foreach (var item in items)
            Trim(item!);
        return new JsonObject { ["kind"] = kind.Kind, ["apiVersion"] = kind.ApiVersion, ["resourceVersion"] = list["metadata"]!["resourceVersion"]!.DeepClone(), ["items"] = items };
    }

    private async Task WatchAsync(DrawnKind kind, string version, CancellationToken ct)
    {
        using var answer = await api.HttpClient.GetAsync(new Uri(api.BaseUri, $"{kind.Path}?watch=true&resourceVersion={version}"), HttpCompletionOption.ResponseHeadersRead, ct);
        answer.EnsureSuccessStatusCode();
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(ct), Encoding.UTF8);
        while (await lines.ReadLineAsync(ct) is { } line)
        {
            var change = JsonNode.Parse(line)!.AsObject();
            if ((string?)change["type"] is not ("ADDED" or "MODIFIED" or "DELETED"))
                return;
            Trim(change["object"]!);
            change["kind"] = kind.Kind;
            change["apiVersion"] = kind.ApiVersion;
            await stream.SendAsync("change", Bytes(change), ct);
        }
    }

    /// <summary>Whose a field is, and what kubectl remembers: as long as the object again, and nobody reads it here.</summary>
    private static void Trim(JsonNode item)
    {
        if (item["metadata"] is not JsonObject metadata)
            return;
        metadata.Remove("managedFields");
        (metadata["annotations"] as JsonObject)?.Remove("kubectl.kubernetes.io/last-applied-configuration");
    }

    private static byte[] Bytes(JsonObject value)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
            value.WriteTo(writer);
        return bytes.ToArray();
    }
}
