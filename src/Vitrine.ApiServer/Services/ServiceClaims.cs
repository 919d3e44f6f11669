using System.Globalization;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Services;

/// <summary>
/// What a Service has to itself: its cluster addresses, and its node ports whatever their protocol — as upstream's allocators,
/// which know no protocols; within one Service TCP and UDP may share a number.
/// </summary>
internal static class ServiceClaims
{
    public static string Address(string address) => "ip/" + (IpFamilies.Canonical(address) ?? address);

    public static string Port(long port) => string.Create(CultureInfo.InvariantCulture, $"port/{port}");

    public static IReadOnlyList<string> Of(JsonObject service)
    {
        var spec = ServiceFields.Spec(service);
        List<string> claims = [];
        if (ServiceFields.NeedsClusterIP(spec))
        {
            claims.AddRange(ServiceFields.ClusterIPs(spec).Where(static address => address != ServiceFields.None).Select(Address));
        }
        foreach (var port in spec.Objects("ports").Select(static port => port.Number("nodePort") ?? 0).Append(spec.Number("healthCheckNodePort") ?? 0))
        {
            if (port > 0 && !claims.Contains(Port(port)))
            {
                claims.Add(Port(port));
            }
        }
        return claims;
    }
}
