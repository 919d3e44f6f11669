using System.Collections.Immutable;
using Vitrine.Model.Plans.Gateway.Matching;

namespace Vitrine.Model.Plans.Gateway.GatewayApi;

/// <summary>
/// The listeners of one port → its hosts. A host belongs to the most specific listener that has it, and the routes of others do not see its requests
/// (listener isolation); within a listener a route for a wider name comes after those for a narrower one.
/// </summary>
internal static class GatewayHosts
{
    public static ImmutableArray<VirtualHost> Of(IReadOnlyList<GatewayListener> listeners)
    {
        var owners = new NameTable<GatewayListener>();
        foreach (var listener in listeners)
            owners.Add(listener.Host, false, listener);
        var hosts = ImmutableArray.CreateBuilder<VirtualHost>();
        foreach (var listener in listeners)
            foreach (var host in listener.Routes.SelectMany(r => r.Hosts).Append(listener.Host).Distinct().Where(h => Owner(owners, h) == listener))
                hosts.Add(new VirtualHost(host, false, Rules(listener, host)));
        hosts.Sort((a, b) => string.CompareOrdinal(a.Host, b.Host));
        return hosts.ToImmutable();
    }

    /// <summary>The same of what is not opened: each host goes where its oldest route says.</summary>
    public static ImmutableArray<PassthroughRoute> Unopened(IReadOnlyList<GatewayListener> listeners) =>
    [
        .. Of(listeners).Where(h => !h.Rules.IsEmpty).Select(h => new PassthroughRoute(h.Rules[0].Source, h.Host, h.Rules[0].Backends)),
    ];

    private static GatewayListener? Owner(NameTable<GatewayListener> owners, string host) => owners.Find(host == "*" ? "" : host.StartsWith('*') ? "a" + host[1..] : host);

    private static ImmutableArray<RouteRule> Rules(GatewayListener listener, string host) =>
    [
        .. listener.Routes.Select(r => (Route: r, Name: r.Hosts.Where(h => Covers(h, host)).OrderByDescending(Weight).FirstOrDefault())).Where(r => r.Name is not null)
            .GroupBy(r => Weight(r.Name!)).OrderByDescending(g => g.Key)
            .SelectMany(g => g.SelectMany(r => r.Route.Rules).Order()).Select(r => r.Rule),
    ];

    private static bool Covers(string name, string host) => name == host || (host != "*" && NameTable<string>.Fits(name, false, host.StartsWith('*') ? "a" + host[1..] : host));

    /// <summary>Characters of a name, then of a wildcard.</summary>
    private static int Weight(string name) => name == "*" ? 0 : name.StartsWith('*') ? name.Length : name.Length + 1000;
}
