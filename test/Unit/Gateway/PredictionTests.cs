using System.Collections.Immutable;
using System.Net;
using CsCheck;
using Vitrine.Model.Explain.Gateway;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Plans.Gateway.Matching;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Unit.Gateway;

/// <summary>What explain predicts of a request and what the proxy does with it are the same: random rules, random requests, a real proxy and real backends.</summary>
public sealed class PredictionTests
{
    private static readonly string[] Hosts = ["shop.example", "a.shop.example", "other.example", "*.shop.example", "*"];
    private static readonly string[] Asked = ["shop.example", "a.shop.example", "b.a.shop.example", "other.example", "SHOP.example", "nobody.test"];
    private static readonly string[] Paths = ["/", "/cart", "/cart/", "/cart/1", "/cartoon", "/a%2fb", "//cart", "/cart/../item", "/item?x=1", "/cart?x=2"];
    private static readonly PathMatch[] Matches =
    [
        PathMatch.All, new(PathKind.Prefix, "/cart"), new(PathKind.Exact, "/cart"), new(PathKind.Exact, "/cart/1"), new(PathKind.Prefix, "/item"), new(PathKind.Regex, "(?i:/c.*)"), new(PathKind.Regex, "(unclosed"),
    ];

    private static readonly Gen<RouteRule> Rule = Gen.Select(Of(Matches), Gen.Int[0, 9], Gen.Int[0, 9], Gen.Int[0, 9999], (path, what, then, number) => new RouteRule(
        new RuleSource(number % 2 == 0 ? "Ingress" : "HTTPRoute", "default", $"r{number}", "spec.rules[0]"),
        what switch
        {
            0 => new RequestMatch { Path = path, Method = "POST" },
            1 => new RequestMatch { Path = path, Headers = [new ValueMatch("X-Kind", "blue")] },
            2 => new RequestMatch { Path = path, Query = [new ValueMatch("x", "1")] },
            3 => new RequestMatch { Path = path, Cookies = [new ValueMatch("who", "me")] },
            _ => new RequestMatch { Path = path },
        })
    {
        Filters = then switch
        {
            0 => [new RedirectFilter(302, Path: new PathModifier(PathModifierKind.Full, "/elsewhere"))],
            1 => [new AllowListFilter(["10.9.0.0/16"])],
            2 => [new AllowListFilter(["127.0.0.0/8"], Deny: true)],
            3 => [new BasicAuthFilter("shop", ImmutableDictionary<string, string>.Empty.Add("me", "{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M="))],
            4 => [new CorsFilter { Origins = ["*"], Methods = ["GET"] }],
            _ => [],
        },
        Backends = (number % 5) switch { 0 => [new WeightedBackend("empty")], 1 => [new WeightedBackend(null)], 2 => [new WeightedBackend("full"), new WeightedBackend(null, 0)], _ => [new WeightedBackend("full")] },
    });

    [Fact]
    public async Task A_prediction_is_what_happens()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var backend = await FakeBackend.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });
        Upstream[] upstreams = [TestGateway.Upstream("full", backend), TestGateway.Upstream("empty")];
        var towns = Gen.Select(Rule.Array[0, 6], Gen.Int[0, 3]).Array[Hosts.Length];
        var requests = Gen.Select(Of(Asked), Of(Paths), Gen.Int[0, 31]).Array[40];
        var seen = new HashSet<RequestVerdict>();
        await Gen.Select(towns, requests).SampleAsync(
            async (hosts, asked) =>
            {
                var listener = new PlannedListener(TestGateway.Listener, 80, gateway.Port, ListenerProtocol.Http)
                {
                    Hosts = [.. hosts.Index().Where(h => h.Item.Item2 > 0).Select(h => new VirtualHost(Hosts[h.Index], true, [.. h.Item.Item1]))],
                };
                var plan = TestGateway.Plan([listener], upstreams);
                Assert.Empty(await gateway.Server.ApplyAsync(plan, default));
                var index = GatewayIndex.Compile(plan);
                foreach (var (host, target, with) in asked)
                {
                    if (!RequestPath.TryParse(target, out var path, out _))
                        continue;
                    var headers = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.OrdinalIgnoreCase);
                    if ((with & 1) != 0)
                        headers["X-Kind"] = "blue";
                    if ((with & 2) != 0)
                        headers["Cookie"] = "a=b; who=me";
                    if ((with & 4) != 0)
                        (headers["Origin"], headers["Access-Control-Request-Method"]) = ("https://x.example", "GET");
                    var method = (with & 24) switch { 8 => "POST", 16 => "OPTIONS", _ => "GET" };
                    var told = RequestWalk.Explain(ClusterSnapshot.Empty, index, TestGateway.Listener, new AskedRequest(method, false, host.ToLowerInvariant(), 80, path, headers.ToImmutable()), IPAddress.Loopback);
                    seen.Add(told.Verdict);
                    using var message = new HttpRequestMessage(new HttpMethod(method), new Uri($"http://127.0.0.1:{gateway.Port}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true })) { Headers = { Host = host } };
                    foreach (var (name, value) in headers)
                        message.Headers.TryAddWithoutValidation(name, value);
                    using var answer = await client.SendAsync(message);
                    var status = answer.Headers.Contains("X-Backend") ? 0 : (int)answer.StatusCode;
                    Assert.True(told.Statuses.Contains(status), $"{method} {host} {target} with {with}: predicted {told.Verdict} {string.Join(' ', told.Statuses)} by {told.Rule?.Source}, got {(int)answer.StatusCode}{(status == 0 ? " of the backend" : "")}\n{GatewayPlanText.Write(plan)}");
                }
            }, iter: 60, threads: 1);
        // Every kind of end has been met, else this proves little.
        Assert.Equal([RequestVerdict.Forwarded, RequestVerdict.Answered, RequestVerdict.NoRule, RequestVerdict.KeptOut, RequestVerdict.BrokenReference, RequestVerdict.NoEndpoint], seen.Order());
    }

    private static Gen<T> Of<T>(T[] all) => Gen.Int[0, all.Length - 1].Select(i => all[i]);
}
