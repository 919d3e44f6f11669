using System.Net;
using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Control.Gateways;
using Vitrine.Control.Pods;
using Vitrine.Control.Services;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Control.Ending;

/// <summary>
/// What <see cref="NetworkControlLoop"/> wrote on a cluster, to be taken back when it runs no more: an address that nobody answers for would stand in a status for ever, and
/// a Service whose finalizer nobody takes away could not be deleted. Conditions of Gateways and routes stay, for whoever serves them next.
/// </summary>
public static class NetworkTraces
{
    /// <summary>In the order they are to go.</summary>
    /// <param name="api">the cluster</param>
    /// <param name="leaseNamespace">where the controllers were installed</param>
    /// <param name="pools">out of which they gave addresses</param>
    /// <param name="ct">ends it</param>
    public static async Task<IReadOnlyList<NetworkTrace>> ListAsync(ApiClient api, string leaseNamespace, IReadOnlyList<AddressPool> pools, CancellationToken ct)
    {
        var services = (await FindAsync<V1ServiceList>(Resource.Services.In()))?.Items ?? [];
        var ingresses = (await FindAsync<V1IngressList>(Resource.Ingresses.In()))?.Items ?? [];
        var door = IngressKeeper.AddressesOf(services.FirstOrDefault(s => (s.Metadata.NamespaceProperty, s.Metadata.Name) == (IngressService.Namespace, IngressService.Name)));
        var ingressClass = await FindAsync<V1IngressClass>(Resource.IngressClasses.Of(null, IngressKeeper.ClassName));
        var gatewayClass = await FindAsync<string>(Resource.GatewayClasses.Of(null, GatewayKeeper.ClassName));
        var lease = await FindAsync<V1Lease>(Resource.Leases.Of(leaseNamespace, NetworkControlLoop.LeaseName));
        return
        [
            .. ingresses.Where(i => door.Length > 0 && i.Status?.LoadBalancer?.Ingress is { } has && IngressKeeper.Are(has, door)).Select(i => new NetworkTrace($"address of ingress/{Name(i.Metadata)}", end => IngressKeeper.WriteAsync(api, i, [], end))),
            .. services.Where(s => !IsDoor(s) && HasAddressOf(pools, s)).Select(s => new NetworkTrace($"address of service/{Name(s.Metadata)}", end => ReleaseAsync(s, end))),
            .. services.Where(s => IsDoor(s) || DnsServiceController.IsOurs(s)).Select(s => new NetworkTrace($"service/{Name(s.Metadata)}", end => DeleteServiceAsync(s, end))),
            .. ingressClass?.Spec?.Controller == GatewayCompiler.IngressController ? [Deletion($"ingressclass/{IngressKeeper.ClassName}", Resource.IngressClasses.Of(null, IngressKeeper.ClassName))] : Array.Empty<NetworkTrace>(),
            .. gatewayClass?.Contains($"\"{GatewayCompiler.GatewayController}\"", StringComparison.Ordinal) == true ? [Deletion($"gatewayclass/{GatewayKeeper.ClassName}", Resource.GatewayClasses.Of(null, GatewayKeeper.ClassName))] : Array.Empty<NetworkTrace>(),
            .. lease is not null ? [Deletion($"lease/{leaseNamespace}/{NetworkControlLoop.LeaseName}", Resource.Leases.Of(leaseNamespace, NetworkControlLoop.LeaseName))] : Array.Empty<NetworkTrace>(),
        ];

        // Null where there is none, or no such kind.
        async Task<T?> FindAsync<T>(string path) where T : class
        {
            try
            {
                return await api.SendAsync<T>(HttpMethod.Get, path, null, "", ct);
            }
            catch (ApiException e) when (e.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }
        }

        NetworkTrace Deletion(string what, string path) => new(what, end => api.TryDeleteAsync(path, end));

        async Task DeleteServiceAsync(V1Service service, CancellationToken end)
        {
            await api.TryDeleteAsync(Resource.Services.Of(service.Metadata.NamespaceProperty, service.Metadata.Name), end);
            await FreeAsync(service, end);
        }

        async Task ReleaseAsync(V1Service service, CancellationToken end)
        {
            await api.PatchAsync(Resource.Services, service.Metadata.NamespaceProperty, $"{service.Metadata.Name}/status", BalancerController.NoAddress(service), end);
            await FreeAsync(service, end);
        }

        async Task FreeAsync(V1Service service, CancellationToken end)
        {
            // Without pools it is the finalizer of whoever gives addresses here.
            if (pools.Count > 0 && BalancerWish.IsOurs(service) && BalancerController.HasFinalizer(service))
            {
                await api.PatchAsync(Resource.Services, service.Metadata.NamespaceProperty, service.Metadata.Name, BalancerController.NoFinalizer(service), end);
            }
        }
    }

    private static bool IsDoor(V1Service service) => service.Spec.Type == "LoadBalancer" && PodFacts.Label(service.Metadata, GatewayEntry.ManagedBy) == GatewayEntry.Manager;

    private static bool HasAddressOf(IReadOnlyList<AddressPool> pools, V1Service service) =>
        BalancerWish.IsOurs(service) && BalancerPlan.Current(service) is { Count: > 0 } has && has.All(a => pools.Any(p => p.Contains(a)));

    private static string Name(V1ObjectMeta metadata) => $"{metadata.NamespaceProperty}/{metadata.Name}";
}
