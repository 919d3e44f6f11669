using k8s;
using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Control.Garbage;
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

    private async Task<IReadOnlyList<string>> NamespacedResourcesAsync(CancellationToken ct) =>
    [
        .. (await ServedResources.ReadAsync(client, ct))
            .Select(static served => (Kind: new GarbageKind(served.Version, served.Resource.Kind, served.Resource.Name, served.Resource.Namespaced), served.Resource.Verbs))
            .DistinctBy(static served => served.Kind.Name)
            .Where(static served => served.Kind.Namespaced && served.Verbs.Contains("deletecollection"))
            .Select(static served => served.Kind.In("{0}")),
    ];

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
