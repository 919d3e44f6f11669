using System.Net;
using System.Net.Http.Headers;
using Vitrine.Model.Plans.Gateway;
using Xunit;

namespace Vitrine.Unit.Gateway;

public sealed class RoutingTests
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

    [Fact]
    public async Task A_request_goes_to_the_backend_of_the_rule_that_takes_it()
    {
        await using var shop = await FakeBackend.StartAsync("shop");
        await using var cart = await FakeBackend.StartAsync("cart");
        await using var gateway = await TestGateway.StartAsync();
        await gateway.ServeAsync([TestGateway.Rule("/cart", "cart"), TestGateway.Rule("/", "shop")], [TestGateway.Upstream("cart", cart), TestGateway.Upstream("shop", shop)]);
        Assert.Equal("cart", await Client.GetStringAsync(new Uri(gateway.Url, "/cart/42?x=1")));
        Assert.Equal("shop", await Client.GetStringAsync(new Uri(gateway.Url, "/carts")));
        Assert.Equal("/cart/42?x=1", cart.Only.Target);
        Assert.Equal($"127.0.0.1:{gateway.Port}", cart.Only.Headers["Host"]);
    }

    [Fact]
    public async Task What_no_rule_takes_is_404()
    {
        await using var shop = await FakeBackend.StartAsync("shop");
        await using var gateway = await TestGateway.StartAsync();
        await gateway.ServeAsync([TestGateway.Rule("/cart", "shop")], [TestGateway.Upstream("shop", shop)]);
        using var answer = await Client.GetAsync(gateway.Url);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(shop.Requests);
    }

    [Fact]
    public async Task A_backend_without_an_endpoint_is_503_and_a_broken_reference_503_of_an_Ingress_and_500_of_a_route()
    {
        await using var gateway = await TestGateway.StartAsync();
        var broken = TestGateway.Rule("/broken", [null]);
        var route = TestGateway.Rule("/route", [null]);
        await gateway.ServeAsync([TestGateway.Rule("/none", "shop"), broken, route with { Source = route.Source with { Kind = "HTTPRoute" } }], [TestGateway.Upstream("shop")]);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Client.GetAsync(new Uri(gateway.Url, "/none"))).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Client.GetAsync(new Uri(gateway.Url, "/broken"))).StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, (await Client.GetAsync(new Uri(gateway.Url, "/route"))).StatusCode);
    }

    [Fact]
    public async Task A_backend_that_refuses_connections_is_502()
    {
        await using var gateway = await TestGateway.StartAsync();
        var nobody = new Upstream("shop", "default/shop", 80, UpstreamProtocol.Http) { Endpoints = [new UpstreamEndpoint("127.0.0.1", TestGateway.FreePort(), null, null)] };
        await gateway.ServeAsync([TestGateway.Rule("/", "shop")], [nobody]);
        Assert.Equal(HttpStatusCode.BadGateway, (await Client.GetAsync(gateway.Url)).StatusCode);
    }

    [Fact]
    public async Task The_most_specific_host_takes_a_request_alone()
    {
        await using var shop = await FakeBackend.StartAsync("shop");
        await using var any = await FakeBackend.StartAsync("any");
        await using var gateway = await TestGateway.StartAsync();
        await gateway.ServeAsync([], [TestGateway.Upstream("shop", shop), TestGateway.Upstream("any", any)], l => l with
        {
            Hosts = [new VirtualHost("shop.example", false, [TestGateway.Rule("/cart", "shop")]), new VirtualHost("*.example", true, [TestGateway.Rule("/", "any")])],
        });
        Assert.Equal((HttpStatusCode.OK, "shop"), await GetAsync(gateway, "/cart", "shop.example"));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(gateway, "/", "SHOP.example:80")).Status);
        Assert.Equal((HttpStatusCode.OK, "any"), await GetAsync(gateway, "/", "toys.example"));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(gateway, "/", "a.toys.example")).Status);
    }

    [Fact]
    public async Task Header_query_and_cookie_are_looked_at()
    {
        await using var a = await FakeBackend.StartAsync("a");
        await using var b = await FakeBackend.StartAsync("b");
        await using var gateway = await TestGateway.StartAsync();
        var wanted = TestGateway.Rule("/", "a") with
        {
            Match = new RequestMatch { Headers = [new ValueMatch("x-canary", "always")], Query = [new ValueMatch("v", "a b")], Cookies = [new ValueMatch("who", "me")] },
        };
        await gateway.ServeAsync([wanted, TestGateway.Rule("/", "b")], [TestGateway.Upstream("a", a), TestGateway.Upstream("b", b)]);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Url, "/?v=a%20b")) { Headers = { { "X-Canary", "always" }, { "Cookie", "x=1; who=me" } } };
        using var answer = await Client.SendAsync(request);
        Assert.Equal("a", await answer.Content.ReadAsStringAsync());
        Assert.Equal("b", await Client.GetStringAsync(new Uri(gateway.Url, "/?v=a")));
    }

    [Fact]
    public async Task A_body_and_its_answer_pass_as_they_are()
    {
        await using var shop = await FakeBackend.StartAsync("shop");
        await using var gateway = await TestGateway.StartAsync(shop);
        using var fixedLength = await Client.PostAsync(gateway.Url, new StringContent("hello"));
        using var chunked = await Client.SendAsync(new HttpRequestMessage(HttpMethod.Post, gateway.Url) { Content = new StringContent("chunks"), Headers = { TransferEncodingChunked = true } });
        Assert.Equal(["hello", "chunks"], shop.Requests.Select(r => r.Body));
        Assert.Equal("shop", await chunked.Content.ReadAsStringAsync());
        Assert.Equal("shop", Assert.Single(fixedLength.Headers.GetValues("X-Backend")));
    }

    [Fact]
    public async Task The_same_port_speaks_HTTP_2_by_prior_knowledge()
    {
        await using var shop = await FakeBackend.StartAsync("shop");
        await using var gateway = await TestGateway.StartAsync(shop);
        using var answer = await Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, gateway.Url) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact });
        Assert.Equal(HttpVersion.Version20, answer.Version);
        Assert.Equal("HTTP/1.1", shop.Only.Protocol);
    }

    [Fact]
    public async Task A_new_plan_opens_and_closes_ports_and_changes_rules_at_once()
    {
        await using var a = await FakeBackend.StartAsync("a");
        await using var b = await FakeBackend.StartAsync("b");
        await using var gateway = await TestGateway.StartAsync();
        await gateway.ServeAsync([TestGateway.Rule("/", "a")], [TestGateway.Upstream("a", a)]);
        Assert.Equal("a", await Client.GetStringAsync(gateway.Url));
        await gateway.ServeAsync([TestGateway.Rule("/", "b")], [TestGateway.Upstream("b", b)]);
        Assert.Equal("b", await Client.GetStringAsync(gateway.Url));
        await gateway.Server.ApplyAsync(GatewayPlan.Empty, default);
        using var fresh = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        await Assert.ThrowsAsync<HttpRequestException>(() => fresh.GetStringAsync(gateway.Url));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_and_stops_no_other()
    {
        await using var shop = await FakeBackend.StartAsync("shop");
        await using var gateway = await TestGateway.StartAsync(shop);
        var taken = new PlannedListener("taken", 81, shop.Port, ListenerProtocol.Http);
        var before = gateway.Server.Current.Index.Plan;
        var failures = await gateway.Server.ApplyAsync(before with { Listeners = before.Listeners.Add(taken) }, default);
        Assert.Contains($"{shop.Port}", Assert.Single(failures));
        Assert.Equal("shop", await Client.GetStringAsync(gateway.Url));
    }

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(TestGateway gateway, string path, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Url, path)) { Headers = { Host = host } };
        using var answer = await Client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
