using k8s;
using k8s.Models;

namespace Vitrine.Control.Api;

/// <summary>What the API serves now, by discovery: subresources left out, the preferred version of each group first, since a kind may be in some of them only.</summary>
internal static class ServedResources
{
    /// <summary>Each resource with its apiVersion, e.g. "v1" or "apps/v1".</summary>
    public static async Task<IReadOnlyList<(string Version, V1APIResource Resource)>> ReadAsync(Kubernetes client, CancellationToken ct)
    {
        var served = new List<(string, V1APIResource)>();
        await AddAsync("v1", "api/v1");
        foreach (var group in (await ReadAsync<V1APIGroupList>(client, "apis", ct)).Groups)
        {
            foreach (var version in group.Versions.OrderBy(v => v.GroupVersion == group.PreferredVersion?.GroupVersion ? 0 : 1))
            {
                await AddAsync(version.GroupVersion, $"apis/{version.GroupVersion}");
            }
        }

        return served;

        async Task AddAsync(string version, string path) => served.AddRange((await ReadAsync<V1APIResourceList>(client, path, ct)).Resources
            .Where(static r => !r.Name.Contains('/', StringComparison.Ordinal))
            .Select(r => (version, r)));
    }

    private static async Task<T> ReadAsync<T>(Kubernetes client, string path, CancellationToken ct)
    {
        using var response = await client.HttpClient.GetAsync(new Uri(client.BaseUri, path), ct);
        response.EnsureSuccessStatusCode();
        return KubernetesJson.Deserialize<T>(await response.Content.ReadAsStringAsync(ct));
    }
}
