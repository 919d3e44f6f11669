using k8s;
using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Gateways;

/// <summary>Makes a door what it should be, and takes it away. A Service of that name that somebody else made is used as it is, but for its ports, and stays.</summary>
/// <param name="api">the API</param>
/// <param name="slices">it has EndpointSlices; an older one has Endpoints instead</param>
internal sealed class EntryKeeper(ApiClient api, bool slices)
{
    /// <summary>The Service as it is now; null where it was only just asked for, or is going.</summary>
    public async Task<V1Service?> KeepAsync(GatewayEntry entry, ControlSnapshot snapshot, CancellationToken ct)
    {
        var service = snapshot.Services.Find(entry.Namespace, entry.Name);
        if (service?.Metadata.DeletionTimestamp is not null)
        {
            return null;
        }

        if (service is null)
        {
            await CreateAsync(Resource.Services, entry.Namespace, entry.Service(), ct);
            return null;
        }

        if (entry.Differs(service))
        {
            // A copy: the snapshot's objects are everybody's.
            var changed = KubernetesJson.Deserialize<V1Service>(KubernetesJson.Serialize(service));
            entry.WriteTo(changed);
            await ReplaceAsync(Resource.Services, entry.Namespace, entry.Name, changed, ct);
            return null;
        }

        await (slices ? KeepSlicesAsync(entry, service, snapshot, ct) : KeepEndpointsAsync(entry, service, snapshot, ct));
        return service;
    }

    /// <summary>The garbage collector comes for the slices.</summary>
    public async Task RemoveAsync(string ns, string name, ControlSnapshot snapshot, CancellationToken ct)
    {
        if (snapshot.Services.Find(ns, name) is { Metadata.DeletionTimestamp: null } service && PodFacts.Label(service.Metadata, GatewayEntry.ManagedBy) == GatewayEntry.Manager)
        {
            await api.DeleteAsync(Resource.Services, ns, name, service.Metadata.Uid, ct);
        }
    }

    private async Task KeepSlicesAsync(GatewayEntry entry, V1Service service, ControlSnapshot snapshot, CancellationToken ct)
    {
        foreach (var wanted in entry.Slices(service, ProxyNodes.Of(snapshot)))
        {
            var there = snapshot.GatewaySlices.Find(entry.Namespace, wanted.Metadata.Name);
            if (there is null)
            {
                await CreateAsync(Resource.EndpointSlices, entry.Namespace, wanted, ct);
            }
            else if (!GatewayEntry.Same(there, wanted))
            {
                wanted.Metadata.ResourceVersion = there.Metadata.ResourceVersion;
                await ReplaceAsync(Resource.EndpointSlices, entry.Namespace, wanted.Metadata.Name, wanted, ct);
            }
        }
    }

    private async Task KeepEndpointsAsync(GatewayEntry entry, V1Service service, ControlSnapshot snapshot, CancellationToken ct)
    {
        var wanted = GatewayEndpoints.Of(entry, service, ProxyNodes.Of(snapshot));
        var there = snapshot.GatewayEndpoints.Find(entry.Namespace, entry.Name);
        if (there is null)
        {
            await CreateAsync(Resource.Endpoints, entry.Namespace, wanted, ct);
        }
        else if (!GatewayEndpoints.Same(there, wanted))
        {
            wanted.Metadata.ResourceVersion = there.Metadata.ResourceVersion;
            await ReplaceAsync(Resource.Endpoints, entry.Namespace, entry.Name, wanted, ct);
        }
    }

    private async Task CreateAsync<T>(Resource resource, string ns, T value, CancellationToken ct)
    {
        try
        {
            await api.CreateAsync(resource, ns, value, ct);
        }
        catch (ApiException e) when (e.Stale || e.NamespaceEnds)
        {
            // There already, or its namespace is about to be made or to go: the next snapshot shows which.
        }
    }

    private async Task ReplaceAsync<T>(Resource resource, string ns, string name, T value, CancellationToken ct)
    {
        try
        {
            await api.ReplaceAsync(resource, ns, name, value, ct);
        }
        catch (ApiException e) when (e.Stale)
        {
            // Somebody wrote in between; the next snapshot shows it.
        }
    }
}
