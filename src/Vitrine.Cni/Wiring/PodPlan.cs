using System.Net;
using Vitrine.Cni.Config;

namespace Vitrine.Cni.Wiring;

/// <summary>What the pod's namespace is to hold: pure, so CHECK compares against the same values ADD writes.</summary>
internal sealed record PodPlan(IReadOnlyList<PodAddress> Addresses, IReadOnlyList<PodRoute> Routes)
{
    internal bool HasIPv6 => Addresses.Any(a => a.Family == System.Net.Sockets.AddressFamily.InterNetworkV6);

    /// <summary>Routes of a family the pod has no address of are left out.</summary>
    internal static PodPlan Create(NetworkConfig config, IReadOnlyList<IPAddress> leased)
    {
        var addresses = leased.Select(a => PodAddress.Of(a, config)).ToList();
        var wanted = config.Routes ?? [.. addresses.Select(a => new PodRoute(Gateway.DefaultRoute(a.Family), null))];
        var routes = new List<PodRoute>();
        foreach (var route in wanted)
            if (addresses.Find(a => a.Family == route.Destination.BaseAddress.AddressFamily) is { } address)
                routes.Add(route with { Gateway = route.Gateway ?? address.Gateway });
        return new PodPlan(addresses, routes);
    }
}
