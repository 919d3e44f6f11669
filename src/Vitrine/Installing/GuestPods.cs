using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Model.Snapshot;

namespace Vitrine.Installing;

/// <summary>Pods whose network is torn down by the plugin that made it.</summary>
internal static class GuestPods
{
    private const int Shown = 5;

    /// <summary>Of all nodes, NAMESPACE/NAME each.</summary>
    public static async Task<IReadOnlyList<string>> ListAsync(ApiClient api, CancellationToken ct) =>
        Of((await api.SendAsync<V1PodList>(HttpMethod.Get, Resource.Pods.In(), null, "", ct)).Items);

    /// <summary>One that is on its way out counts until it is gone.</summary>
    internal static IReadOnlyList<string> Of(IEnumerable<V1Pod> pods) =>
        [.. pods.Select(SnapshotReader.Read).Where(p => p is { NodeName: not null, HostNetwork: false, Finished: false }).Select(p => p.Key).Order(StringComparer.Ordinal)];

    /// <summary>So many of them, and the first ones' names.</summary>
    public static string Count(IReadOnlyList<string> pods) =>
        $"{pods.Count} {(pods.Count == 1 ? "pod" : "pods")}: {string.Join(", ", pods.Take(Shown))}{(pods.Count > Shown ? ", …" : "")}";
}
