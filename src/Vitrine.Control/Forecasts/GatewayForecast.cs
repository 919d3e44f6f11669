using k8s.Models;
using Vitrine.Control.Gateways;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Plans.Gateway.GatewayApi;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control.Forecasts;

/// <summary>What a cluster has for Ingresses and Gateways, as the controllers have it.</summary>
public static class GatewayForecast
{
    public static V1IngressClass IngressClass() => IngressKeeper.Class();

    /// <summary>JSON: the client has no model of it.</summary>
    public static string GatewayClass => GatewayKeeper.Class;

    /// <summary>The door of all Ingresses; null where none is served.</summary>
    public static GatewayEntry? IngressDoor(ClusterSnapshot snapshot) => snapshot.Ingresses.Values.Any(i => GatewayCompiler.Serves(snapshot, i)) ? IngressKeeper.Entry : null;

    /// <summary>The doors of Gateways that have a port to listen on.</summary>
    /// <param name="reports">of the compiled plan</param>
    public static IReadOnlyList<GatewayEntry> Doors(IEnumerable<GatewayReport> reports)
    {
        var ports = new GatewayPorts([]);
        return [.. reports.OrderBy(r => r.Gateway.Key, StringComparer.Ordinal).Select(r => GatewayEntries.Of(r, ports)).Where(e => e.Ports.Count > 0)];
    }

    /// <summary>Ingresses that nobody serves.</summary>
    public static IEnumerable<GatewayProblem> Unserved(ClusterSnapshot snapshot) => IngressClaims.Unserved(snapshot);
}
