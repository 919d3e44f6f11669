using k8s;
using k8s.Models;

namespace Vitrine.Control.Garbage;

/// <summary>Every kind the API serves now, by discovery; a kind that comes later is found at the next look.</summary>
internal static class GarbageKinds
{
    /// <summary>Kinds no one owns anything of, and that change all the time.</summary>
    private static readonly HashSet<string> Ignored = ["/events", "events.k8s.io/events"];

    /// <summary>Whose objects make kinds come and go.</summary>
    public const string Definitions = "apiextensions.k8s.io/customresourcedefinitions";

    public static async Task<IReadOnlyList<GarbageKind>> DiscoverAsync(Kubernetes client, CancellationToken ct)
    {
        var kinds = new List<GarbageKind>();
        Add("v1", await ReadAsync<V1APIResourceList>(client, "api/v1", ct));
        foreach (var group in (await ReadAsync<V1APIGroupList>(client, "apis", ct)).Groups)
        {
            // A kind may be served in some versions of its group only: the first that has it is the one.
            foreach (var version in group.Versions.OrderBy(v => v.GroupVersion == group.PreferredVersion?.GroupVersion ? 0 : 1))
            {
                Add(version.GroupVersion, await ReadAsync<V1APIResourceList>(client, $"apis/{version.GroupVersion}", ct));
            }
        }

        return kinds;

        void Add(string version, V1APIResourceList list) => kinds.AddRange(list.Resources
            .Where(r => !r.Name.Contains('/', StringComparison.Ordinal) && r.Verbs.Contains("list") && r.Verbs.Contains("watch") && r.Verbs.Contains("delete"))
            .Select(r => new GarbageKind(version, r.Kind, r.Name, r.Namespaced))
            .Where(k => !Ignored.Contains(k.Name) && kinds.All(known => known.Name != k.Name)));
    }

    private static async Task<T> ReadAsync<T>(Kubernetes client, string path, CancellationToken ct)
    {
        using var response = await client.HttpClient.GetAsync(new Uri(client.BaseUri, path), ct);
        response.EnsureSuccessStatusCode();
        return KubernetesJson.Deserialize<T>(await response.Content.ReadAsStringAsync(ct));
    }
}
