using System.Collections.Immutable;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Bench.Gateway;

/// <summary>Plans of so many hosts, each with a rule and an upstream of its own; the first is the one that is loaded.</summary>
internal static class Routes
{
    public static GatewayPlan Plan(int routes, int port, int backend) => new()
    {
        Listeners =
        [
            new PlannedListener("ingress:80", 80, port, ListenerProtocol.Http)
            {
                Hosts = [.. Enumerable.Range(0, routes).Select(i => new VirtualHost(Host(i), false, [Rule(i)]))],
            },
        ],
        Upstreams = Enumerable.Range(0, routes).Select(i => new Upstream($"default/web-{i}:80", $"default/web-{i}", 80, UpstreamProtocol.Http)
        {
            Endpoints = [new UpstreamEndpoint("127.0.0.1", backend, $"default/web-{i}-0", "node-1")],
        }).ToImmutableDictionary(u => u.Key),
    };

    /// <summary>The first host alone, plain and within TLS, beside one of WebSockets, after the i-th change of <see cref="Changing"/>.</summary>
    public static GatewayPlan Shop(int port, int backend, int change)
    {
        var (chain, key) = Changing.Certificates[change / 3 % 2];
        var other = Rule(1) with { Match = new RequestMatch { Path = new PathMatch(PathKind.Exact, $"/change-{change}") } };
        ImmutableArray<VirtualHost> hosts = [new(Host(0), false, [other, Rule(0)]), new("echo.example", false, [Rule(2)])];
        return new GatewayPlan
        {
            Listeners =
            [
                new PlannedListener("ingress:80", 80, port, ListenerProtocol.Http) { Hosts = hosts },
                new PlannedListener("ingress:443", 443, port + Peers.SecurePort, ListenerProtocol.Https) { Hosts = hosts, Certificates = [new ServerCertificate([Host(0)], "default/shop", chain, key)] },
            ],
            Upstreams = new[]
            {
                To(0, change % 3 == 1 ? ["127.0.0.1", "127.0.0.2"] : ["127.0.0.1"], backend), To(1, ["127.0.0.1"], backend), To(2, ["127.0.0.1"], Peers.EchoPort),
            }.ToImmutableDictionary(u => u.Key),
        };
    }

    private static Upstream To(int i, string[] addresses, int port) => new($"default/web-{i}:80", $"default/web-{i}", 80, UpstreamProtocol.Http)
    {
        Endpoints = [.. addresses.Select(a => new UpstreamEndpoint(a, port, null, null))],
    };

    public static string Host(int i) => i == 0 ? "shop.example" : $"host-{i}.example";

    /// <summary>The plan with one host that answers a redirect to a number.</summary>
    public static GatewayPlan Changed(GatewayPlan plan, int i, int number)
    {
        var listener = plan.Listeners[0];
        var rule = Rule(i) with { Filters = [new RedirectFilter(302, Path: new PathModifier(PathModifierKind.Full, $"/{number}"))] };
        return plan with { Listeners = [listener with { Hosts = listener.Hosts.SetItem(i, new VirtualHost(Host(i), false, [rule])) }] };
    }

    private static RouteRule Rule(int i) => new(new RuleSource("Ingress", "default", $"web-{i}", "spec.rules[0].http.paths[0]"), new RequestMatch()) { Backends = [new WeightedBackend($"default/web-{i}:80")] };
}
