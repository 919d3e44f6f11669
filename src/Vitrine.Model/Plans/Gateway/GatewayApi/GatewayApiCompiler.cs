using System.Collections.Immutable;
using System.Globalization;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway.GatewayApi;

/// <summary>
/// Gateways of our classes and the routes that come to them → listeners, and what their status is to say. A route is read again when it or something it
/// refers to is another. Source: https://gateway-api.sigs.k8s.io/reference/spec/.
/// </summary>
internal sealed class GatewayApiCompiler
{
    public const string Group = "gateway.networking.k8s.io";

    /// <summary>spec.controllerName of the classes that are ours.</summary>
    public const string Controller = "vitrine.dev/gateway";

    private Dictionary<string, RouteRead> reads = [];
    private Dictionary<string, PlannedListener> planned = [];

    public ImmutableArray<GatewayReport> Gateways { get; private set; } = [];

    public ImmutableArray<RouteReport> Routes { get; private set; } = [];

    public ImmutableArray<PolicyReport> Policies { get; private set; } = [];

    public ImmutableArray<UpstreamWish> Upstreams { get; private set; } = [];

    public ImmutableArray<GatewayProblem> Problems { get; private set; } = [];

    public ImmutableArray<Lookups> Lookups { get; private set; } = [];

    public ImmutableArray<PlannedListener> Compile(ClusterSnapshot snapshot)
    {
        var classes = snapshot.GatewayClasses.Values.Where(c => c.Spec.Text("controllerName") == Controller).Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        GatewayObject[] gateways = [.. snapshot.Gateways.Values.Where(g => classes.Contains(g.Spec.Text("gatewayClassName"))).OrderBy(g => g.Created).ThenBy(g => g.Key, StringComparer.Ordinal)];
        var (grants, lookups) = (new Grants(snapshot), new Lookups(snapshot));
        var listeners = gateways.ToDictionary(g => g.Key, g => Read(g, lookups, grants));
        var attachment = new RouteAttachment(listeners, snapshot);
        var routes = gateways.Length == 0 ? [] : ReadRoutes(snapshot, grants);
        Routes = [.. routes.Select(attachment.Attach).OfType<RouteReport>()];
        var attached = listeners.Values.SelectMany(l => l).SelectMany(l => l.Routes).Select(r => $"{r.Route.Kind}/{r.Route.Key}").ToHashSet(StringComparer.Ordinal);
        var ours = Routes.Select(r => $"{r.Route.Kind}/{r.Route.Key}").ToHashSet(StringComparer.Ordinal);
        Upstreams = [.. routes.Where(r => attached.Contains($"{r.Route.Kind}/{r.Route.Key}")).SelectMany(r => r.Reading.Upstreams)];
        Policies = Report(snapshot, routes, listeners);
        Gateways = [.. gateways.Select(g => GatewayReports.Of(g, listeners[g.Key], snapshot.Services.GetValueOrDefault($"{g.Namespace}/{GatewayEntryNames.Service(g)}")))];
        Problems =
        [
            .. listeners.Values.SelectMany(l => l).SelectMany(l => l.Faults.Select(f => new GatewayProblem(l.Source(), f.Value.Reason, f.Value.Message))),
            .. routes.Where(r => ours.Contains($"{r.Route.Kind}/{r.Route.Key}")).SelectMany(r => r.Reading.Problems),
            .. Routes.SelectMany(r => r.Parents.SelectMany(p => p.Conditions).Where(c => c is { Type: "Accepted", Status: false })
                .Select(c => new GatewayProblem(new RuleSource(r.Route.Kind, r.Route.Namespace, r.Route.Name, "spec.parentRefs"), c.Reason, c.Message))),
        ];
        Lookups = [lookups, .. routes.Select(r => r.Lookups)];
        return Plan(gateways, listeners, snapshot);
    }

    private static GatewayListener[] Read(GatewayObject gateway, Lookups lookups, Grants grants)
    {
        GatewayListener[] all = [.. gateway.Spec.Items("listeners").Index().Select(l => new GatewayListener(gateway, l.Index, l.Item))];
        foreach (var listener in all)
            listener.Read(lookups, grants);
        foreach (var port in all.Where(l => !l.Faults.ContainsKey("Accepted")).GroupBy(l => l.Port))
        {
            var mixed = port.Select(l => l.Protocol).Distinct().Count() > 1;
            foreach (var listener in port.Where(l => mixed || port.Count(o => o.Host == l.Host) > 1))
                listener.Faults["Conflicted"] = mixed ? ("ProtocolConflict", $"port {port.Key} has listeners of different protocols") : ("HostnameConflict", $"port {port.Key} has another listener for {listener.Host}");
        }
        return all;
    }

    /// <summary>Older first, then by name.</summary>
    private RouteRead[] ReadRoutes(ClusterSnapshot snapshot, Grants grants)
    {
        var now = new Dictionary<string, RouteRead>();
        var policies = new BackendPolicies(snapshot);
        foreach (var route in snapshot.HttpRoutes.Values.Concat(snapshot.GrpcRoutes.Values).Concat(snapshot.TlsRoutes.Values))
        {
            var key = $"{route.Kind}/{route.Key}";
            now[key] = reads.GetValueOrDefault(key) is { } before && before.Holds(route, snapshot) ? before : RouteRead.Of(route, snapshot, grants, policies);
        }
        reads = now;
        return [.. now.Values.OrderBy(r => r.Route.Created).ThenBy(r => r.Route.Key, StringComparer.Ordinal).ThenBy(r => r.Route.Kind, StringComparer.Ordinal)];
    }

    private ImmutableArray<PlannedListener> Plan(GatewayObject[] gateways, Dictionary<string, GatewayListener[]> listeners, ClusterSnapshot snapshot)
    {
        var now = new Dictionary<string, PlannedListener>();
        foreach (var gateway in gateways)
        {
            var service = snapshot.Services.GetValueOrDefault($"{gateway.Namespace}/{GatewayEntryNames.Service(gateway)}");
            foreach (var port in listeners[gateway.Key].Where(l => l.IsAccepted).GroupBy(l => l.Port))
                // Until the Service is there, nobody knows where to listen, nor can anybody come.
                if (service?.Ports.FirstOrDefault(p => p.Port == port.Key && p.Protocol == "TCP") is { } door && int.TryParse(door.TargetPort, NumberStyles.None, CultureInfo.InvariantCulture, out var target))
                {
                    var name = $"{gateway.Key}:{port.Key}";
                    now[name] = Same(planned.GetValueOrDefault(name), new PlannedListener(name, port.Key, target, port.First().Protocol switch { "TLS" => ListenerProtocol.Passthrough, "HTTPS" => ListenerProtocol.Https, _ => ListenerProtocol.Http })
                    {
                        Hosts = port.First().IsPassthrough ? [] : GatewayHosts.Of([.. port]), Passthrough = port.First().IsPassthrough ? GatewayHosts.Unopened([.. port]) : [], Certificates = [.. port.SelectMany(l => l.Certificates)],
                    });
                }
        }
        planned = now;
        return [.. now.Values];
    }

    /// <summary>Hosts whose rules stayed, and listeners whose hosts did, are the same instances.</summary>
    private static PlannedListener Same(PlannedListener? before, PlannedListener now)
    {
        if (before is null)
            return now;
        var held = before.Hosts.ToDictionary(h => h.Host);
        now = now with { Hosts = [.. now.Hosts.Select(h => held.GetValueOrDefault(h.Host) is { } old && SameInstances.Of(old.Rules, h.Rules) ? old : h)] };
        return SameInstances.Of(before.Hosts, now.Hosts) && before.Certificates.SequenceEqual(now.Certificates, Equal) && before.Passthrough.SequenceEqual(now.Passthrough, SameWay) && before.TargetPort == now.TargetPort && before.Protocol == now.Protocol ? before : now;
    }

    private static ImmutableArray<PolicyReport> Report(ClusterSnapshot snapshot, RouteRead[] routes, Dictionary<string, GatewayListener[]> listeners)
    {
        var met = routes.SelectMany(r => r.Reading.Policies.Select(p => (p.Key, r.Lookups, Gateways: listeners.Values.SelectMany(l => l).Where(l => l.Routes.Any(a => a.Route.Kind == r.Route.Kind && a.Route.Key == r.Route.Key)).Select(l => l.Gateway.Key))));
        return
        [
            .. met.GroupBy(m => m.Key).Select(g => (Policy: snapshot.BackendTlsPolicies.GetValueOrDefault(g.Key), g.First().Lookups, Gateways: g.SelectMany(m => m.Gateways).Distinct().Order(StringComparer.Ordinal).ToImmutableArray()))
                .Where(p => p.Policy is not null && !p.Gateways.IsEmpty).OrderBy(p => p.Policy!.Key, StringComparer.Ordinal).Select(p => new PolicyReport(p.Policy!, p.Gateways, BackendPolicies.Conditions(p.Policy!, p.Lookups))),
        ];
    }

    private static readonly EqualityComparer<PassthroughRoute> SameWay = EqualityComparer<PassthroughRoute>.Create((a, b) => a!.Source == b!.Source && a.Host == b.Host && a.Backends.SequenceEqual(b.Backends));

    private static readonly EqualityComparer<ServerCertificate> Equal =
        EqualityComparer<ServerCertificate>.Create((a, b) => a!.Secret == b!.Secret && a.Chain == b.Chain && a.Key == b.Key && a.Hosts.SequenceEqual(b.Hosts));
}
