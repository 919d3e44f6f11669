using k8s;
using k8s.Models;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;

namespace Vitrine.Control;

/// <summary>
/// Empties a namespace that is being deleted, then takes the "kubernetes" finalizer off it. What must not be there any more is
/// asked of the API by discovery, so a kind added later is not forgotten.
/// </summary>
internal sealed class NamespaceController(Kubernetes client) : IController
{
    public async Task<bool> ReconcileAsync(ClusterSnapshot snapshot, CancellationToken ct)
    {
        var waiting = false;
        foreach (var ns in snapshot.Namespaces.Values.Where(n => n.Terminating))
        {
            var left = 0;
            foreach (var resource in await NamespacedResourcesAsync(ct))
            {
                left += await EmptyAsync(resource, ns.Name, ct);
            }

            // Pods end gracefully, and finalizers take their time.
            waiting |= left > 0;
            if (left == 0)
            {
                await Writes.ChangeAsync(async () =>
                {
                    var now = FieldOwners.Dropped(await client.CoreV1.ReadNamespaceAsync(ns.Name, cancellationToken: ct));
                    now.Spec = new V1NamespaceSpec { Finalizers = [] };
                    await client.CoreV1.ReplaceNamespaceFinalizeAsync(now, ns.Name, cancellationToken: ct);
                });
            }
        }

        return waiting;
    }

    private async Task<IReadOnlyList<string>> NamespacedResourcesAsync(CancellationToken ct)
    {
        var paths = new List<string>();
        Add("api/v1", await client.CoreV1.GetAPIResourcesAsync(ct));
        foreach (var group in (await client.Apis.GetAPIVersionsAsync(ct)).Groups)
        {
            // A kind may be served in some versions of its group only: the first that has it is the one.
            var known = new HashSet<string>();
            foreach (var version in group.Versions.OrderBy(v => v.GroupVersion == group.PreferredVersion?.GroupVersion ? 0 : 1))
            {
                using var response = await client.HttpClient.GetAsync(new Uri(client.BaseUri, $"apis/{version.GroupVersion}"), ct);
                response.EnsureSuccessStatusCode();
                var list = KubernetesJson.Deserialize<V1APIResourceList>(await response.Content.ReadAsStreamAsync(ct));
                list.Resources = [.. list.Resources.Where(r => known.Add(r.Name))];
                Add($"apis/{version.GroupVersion}", list);
            }
        }

        return paths;

        void Add(string prefix, V1APIResourceList list) => paths.AddRange(list.Resources
            .Where(r => r.Namespaced && r.Verbs.Contains("deletecollection") && !r.Name.Contains('/', StringComparison.Ordinal))
            .Select(r => $"{prefix}/namespaces/{{0}}/{r.Name}"));
    }

    /// <summary>Deletes every object of a resource in the namespace; how many are still there afterwards.</summary>
    private async Task<int> EmptyAsync(string pathFormat, string ns, CancellationToken ct)
    {
        var path = new Uri(client.BaseUri, string.Format(System.Globalization.CultureInfo.InvariantCulture, pathFormat, ns));
        if (await CountAsync(path, ct) == 0)
        {
            return 0;
        }

        using var response = await client.HttpClient.DeleteAsync(path, ct);
        response.EnsureSuccessStatusCode();
        return await CountAsync(path, ct);
    }

    private async Task<int> CountAsync(Uri path, CancellationToken ct)
    {
        using var response = await client.HttpClient.GetAsync(path, ct);
        response.EnsureSuccessStatusCode();
        using var list = await System.Text.Json.JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(ct), default, ct);
        return list.RootElement.GetProperty("items").GetArrayLength();
    }
}
