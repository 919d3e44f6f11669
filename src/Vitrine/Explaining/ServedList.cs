using System.Net;
using System.Text.Json;
using k8s;
using Vitrine.Model.Snapshot;

namespace Vitrine.Explaining;

/// <summary>All objects of a kind that the client has no models of.</summary>
internal static class ServedList
{
    /// <summary>None where the kind is not served.</summary>
    /// <param name="path">of the collection</param>
    public static async Task<T[]> ReadAsync<T>(Kubernetes api, string path, Func<JsonElement, T> read, CancellationToken ct)
    {
        using var answer = await api.HttpClient.GetAsync(new Uri(api.BaseUri, path), ct);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return [];
        answer.EnsureSuccessStatusCode();
        using var list = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(ct), default, ct);
        return [.. list.RootElement.Items("items").Select(read)];
    }
}
