using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Vitrine.Model.Plans.Gateway;
using Xunit;

namespace Vitrine.Unit.Gateway;

public sealed class ForwardingTests
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false });

    [Fact]
    public async Task A_client_cannot_say_who_it_is()
    {
        await using var shop = await FakeBackend.StartAsync();
        await using var gateway = await TestGateway.StartAsync(shop);
        using var request = new HttpRequestMessage(HttpMethod.Get, gateway.Url);
        foreach (var name in new[] { "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Real-IP", "Forwarded", "X_Forwarded_For", "X-Forwarded_Proto" })
            request.Headers.TryAddWithoutValidation(name, "evil");
        request.Headers.TryAddWithoutValidation("Connection", "X-Forwarded-For, X-Real-IP, X-Mine");
        request.Headers.TryAddWithoutValidation("X-Mine", "1");
        request.Headers.TryAddWithoutValidation("Keep-Alive", "1");
        request.Headers.TryAddWithoutValidation("Proxy-Connection", "close");
        using var answer = await Client.SendAsync(request);
        var headers = shop.Only.Headers;
        Assert.DoesNotContain(headers.Values, v => v.Contains("evil", StringComparison.Ordinal));
        Assert.Equal(("127.0.0.1", "http", $"127.0.0.1:{gateway.Port}", "80", "127.0.0.1"),
            (headers["X-Forwarded-For"], headers["X-Forwarded-Proto"], headers["X-Forwarded-Host"], headers["X-Forwarded-Port"], headers["X-Real-IP"]));
        Assert.Empty(headers.Keys.Intersect(["X-Mine", "Keep-Alive", "Proxy-Connection", "Forwarded", "X_Forwarded_For"], StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_trusted_hop_is_believed_as_far_as_it_is_trusted()
    {
        await using var shop = await FakeBackend.StartAsync();
        await using var gateway = await TestGateway.StartAsync(shop, r => r with { Filters = [new RedirectFilter(308, "https", OnlyPlain: true)] }, l => l with { TrustedHops = ["127.0.0.0/8", "10.0.0.0/8"] });
        using var request = new HttpRequestMessage(HttpMethod.Get, gateway.Url);
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "192.0.2.66, 203.0.113.5, 10.1.2.3");
        request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "https");
        using var answer = await Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(("192.0.2.66, 203.0.113.5, 10.1.2.3, 127.0.0.1", "203.0.113.5", "https"),
            (shop.Only.Headers["X-Forwarded-For"], shop.Only.Headers["X-Real-IP"], shop.Only.Headers["X-Forwarded-Proto"]));
    }

    [Theory]
    [InlineData("PROXY TCP4 203.0.113.9 10.0.0.1 4711 80\r\n", "203.0.113.9")]
    [InlineData("PROXY TCP6 2001:db8::9 2001:db8::1 4711 80\r\n", "2001:db8::9")]
    [InlineData("PROXY UNKNOWN\r\n", "127.0.0.1")]
    [InlineData("v2", "203.0.113.9")]
    [InlineData("", null)]
    [InlineData("PROXY TCP4 nonsense\r\n", null)]
    public async Task The_PROXY_protocol_names_the_client_where_it_is_asked_for(string header, string? client)
    {
        await using var shop = await FakeBackend.StartAsync();
        await using var gateway = await TestGateway.StartAsync(shop, listener: l => l with { ProxyProtocolFrom = ["127.0.0.1/32"] });
        byte[] bytes = header == "v2"
            ? [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A, 0x21, 0x11, 0, 12, 203, 0, 113, 9, 10, 0, 0, 1, 0x12, 0x67, 0, 80]
            : Encoding.ASCII.GetBytes(header);
        var answer = await gateway.RawAsync([.. bytes, .. "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8]);
        Assert.Equal(client is not null, answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal));
        Assert.Equal(client, shop.Requests.SingleOrDefault()?.Headers["X-Forwarded-For"]);
    }

    [Fact]
    public async Task An_endpoint_that_refuses_connections_is_passed_over_and_no_request_fails()
    {
        await using var shop = await FakeBackend.StartAsync();
        await using var gateway = await TestGateway.StartAsync();
        var upstream = TestGateway.Upstream("web", shop);
        upstream = upstream with { Endpoints = upstream.Endpoints.Add(new UpstreamEndpoint("127.0.0.1", TestGateway.FreePort(), null, null)) };
        await gateway.ServeAsync([TestGateway.Rule("/", "web")], [upstream]);
        for (var i = 0; i < 50; i++)
        {
            // A body may go to another endpoint, too, as long as none of it was sent.
            using var answer = await Client.PostAsync(gateway.Url, new StringContent("body"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        Assert.Equal(50, shop.Requests.Count);
        Assert.All(shop.Requests, r => Assert.Equal("body", r.Body));
    }

    [Theory]
    [InlineData("GET", 2, HttpStatusCode.OK)]
    [InlineData("POST", 1, HttpStatusCode.ServiceUnavailable)]
    public async Task Only_what_is_idempotent_is_tried_again(string method, int tries, HttpStatusCode status)
    {
        var count = 0;
        await using var shop = await FakeBackend.StartAsync(answer: h =>
        {
            h.Response.StatusCode = Interlocked.Increment(ref count) == 1 ? 503 : 200;
            return Task.CompletedTask;
        });
        await using var gateway = await TestGateway.StartAsync(shop, r => r with { Retry = new RouteRetry(3, [503], TimeSpan.FromMilliseconds(1)) });
        using var answer = await Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), gateway.Url) { Content = method == "POST" ? new StringContent("x") : null });
        Assert.Equal((status, tries), (answer.StatusCode, count));
    }

    [Fact]
    public async Task Retries_come_to_an_end_and_the_last_answer_is_passed_on()
    {
        var count = 0;
        await using var shop = await FakeBackend.StartAsync(answer: h =>
        {
            h.Response.StatusCode = 503;
            return h.Response.WriteAsync($"try {Interlocked.Increment(ref count)}");
        });
        await using var gateway = await TestGateway.StartAsync(shop, r => r with { Retry = new RouteRetry(2, [503], TimeSpan.Zero) });
        using var answer = await Client.GetAsync(gateway.Url);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "try 3"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_backend_that_takes_too_long_is_504(bool whole)
    {
        await using var shop = await FakeBackend.StartAsync(answer: h => Task.Delay(TimeSpan.FromSeconds(20), h.RequestAborted));
        var limit = TimeSpan.FromMilliseconds(200);
        await using var gateway = await TestGateway.StartAsync(shop, r => r with { Timeouts = whole ? new RouteTimeouts(limit) : new RouteTimeouts(Backend: limit) });
        Assert.Equal(HttpStatusCode.GatewayTimeout, (await Client.GetAsync(gateway.Url)).StatusCode);
    }

    [Fact]
    public async Task A_client_with_a_cookie_stays_with_its_endpoint_while_it_is_there()
    {
        await using var a = await FakeBackend.StartAsync("a");
        await using var b = await FakeBackend.StartAsync("b");
        await using var gateway = await TestGateway.StartAsync();
        var rule = TestGateway.Rule("/", "web") with { Affinity = new RouteAffinity("stick", MaxAgeSeconds: 60, Path: "/shop") };
        await gateway.ServeAsync([rule], [TestGateway.Upstream("web", a, b)]);
        using var first = await Client.GetAsync(gateway.Url);
        var home = await first.Content.ReadAsStringAsync();
        var cookie = Assert.Single(first.Headers.GetValues("Set-Cookie"));
        Assert.Matches("^stick=[0-9a-f]{16}; Path=/shop; Max-Age=60; HttpOnly$", cookie);
        for (var i = 0; i < 20; i++)
        {
            using var again = await Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, gateway.Url) { Headers = { { "Cookie", $"x=1; {cookie.Split(';')[0]}" } } });
            Assert.Equal(home, await again.Content.ReadAsStringAsync());
            Assert.False(again.Headers.Contains("Set-Cookie"));
        }

        await gateway.ServeAsync([rule], [TestGateway.Upstream("web", home == "a" ? b : a)]);
        using var moved = await Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, gateway.Url) { Headers = { { "Cookie", cookie.Split(';')[0] } } });
        Assert.NotEqual(home, await moved.Content.ReadAsStringAsync());
        Assert.NotEqual(cookie, Assert.Single(moved.Headers.GetValues("Set-Cookie")));
    }

    [Fact]
    public async Task A_headers_value_has_its_endpoint()
    {
        await using var a = await FakeBackend.StartAsync("a");
        await using var b = await FakeBackend.StartAsync("b");
        await using var gateway = await TestGateway.StartAsync();
        await gateway.ServeAsync([TestGateway.Rule("/", "web") with { Affinity = new RouteAffinity(null, "X-User") }], [TestGateway.Upstream("web", a, b)]);
        var homes = new Dictionary<string, HashSet<string>>();
        for (var i = 0; i < 120; i++)
        {
            using var answer = await Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, gateway.Url) { Headers = { { "X-User", $"u{i % 30}" } } });
            (homes.TryGetValue($"u{i % 30}", out var seen) ? seen : homes[$"u{i % 30}"] = []).Add(await answer.Content.ReadAsStringAsync());
        }
        Assert.All(homes.Values, h => Assert.Single(h));
        Assert.Equal(2, homes.Values.SelectMany(h => h).Distinct().Count());
    }

    [Fact]
    public async Task Weights_divide_the_requests()
    {
        await using var a = await FakeBackend.StartAsync("a");
        await using var b = await FakeBackend.StartAsync("b");
        await using var gateway = await TestGateway.StartAsync();
        await gateway.ServeAsync([TestGateway.Rule("/", "a") with { Backends = [new WeightedBackend("a", 9), new WeightedBackend("b", 1) { Filters = [new HeaderFilter(false) { Set = [new("X-Canary", "1")] }] }, new WeightedBackend(null, 0)] }],
            [TestGateway.Upstream("a", a), TestGateway.Upstream("b", b)]);
        for (var i = 0; i < 500; i++)
            await Client.GetStringAsync(gateway.Url);
        // Five standard deviations of 500 draws at one in ten.
        Assert.InRange(b.Requests.Count, 17, 83);
        Assert.All(b.Requests, r => Assert.Equal("1", r.Headers["X-Canary"]));
        Assert.All(a.Requests, r => Assert.False(r.Headers.ContainsKey("X-Canary")));
    }

    [Fact]
    public async Task The_endpoint_with_fewer_requests_gets_the_next()
    {
        using var hold = new SemaphoreSlim(0);
        await using var busy = await FakeBackend.StartAsync("busy", async h => await hold.WaitAsync(h.RequestAborted));
        await using var idle = await FakeBackend.StartAsync("idle");
        await using var gateway = await TestGateway.StartAsync();
        await gateway.ServeAsync([TestGateway.Rule("/", "web")], [TestGateway.Upstream("web", busy, idle)]);
        var held = new List<Task<HttpResponseMessage>>();
        // One after another, until it is the busy one's turn: of two at once both might be.
        while (busy.Requests.IsEmpty)
        {
            var next = Client.GetAsync(gateway.Url);
            held.Add(next);
            await TestGateway.UntilAsync(() => next.IsCompleted || !busy.Requests.IsEmpty);
        }
        for (var i = 0; i < 20; i++)
        {
            // An answer is read before its request has quite ended.
            await TestGateway.UntilAsync(() => gateway.Server.Current.Upstream("web")!.Endpoints.Sum(e => e.Outstanding) == 1);
            Assert.Equal("idle", await Client.GetStringAsync(gateway.Url));
        }
        Assert.Single(busy.Requests);
        hold.Release(100);
        await Task.WhenAll(held);
    }

    [Fact]
    public async Task A_WebSocket_goes_both_ways_and_outlives_plans_and_its_endpoint()
    {
        await using var chat = await FakeBackend.StartAsync("chat", async h =>
        {
            using var socket = await h.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[100];
            while (await socket.ReceiveAsync(buffer, default) is { MessageType: WebSocketMessageType.Text } got)
                await socket.SendAsync(buffer.AsMemory(0, got.Count), WebSocketMessageType.Text, true, default);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        });
        await using var gateway = await TestGateway.StartAsync(chat, r => r with { Timeouts = new RouteTimeouts(TimeSpan.FromMilliseconds(500)) });
        using var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{gateway.Port}/chat"), default);
        for (var i = 0; i < 10; i++)
        {
            await client.SendAsync(Encoding.ASCII.GetBytes($"word {i}"), WebSocketMessageType.Text, true, default);
            var buffer = new byte[100];
            var got = await client.ReceiveAsync(buffer, default);
            Assert.Equal($"word {i}", Encoding.ASCII.GetString(buffer, 0, got.Count));
            await gateway.ServeAsync([TestGateway.Rule($"/{i}", "web")], [TestGateway.Upstream("web")]);
            await Task.Delay(80);
        }
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        Assert.Equal(WebSocketState.Closed, client.State);
    }

    [Fact]
    public async Task GRPC_passes_with_its_trailers()
    {
        await using var service = await FakeBackend.StartAsync("grpc", async h =>
        {
            var body = new byte[5];
            await h.Request.Body.ReadExactlyAsync(body);
            h.Response.ContentType = "application/grpc";
            await h.Response.Body.WriteAsync(body);
            h.Response.AppendTrailer("grpc-status", "0");
        }, HttpProtocols.Http2);
        await using var gateway = await TestGateway.StartAsync();
        await gateway.ServeAsync([TestGateway.Rule("/", "grpc")], [TestGateway.Upstream("grpc", UpstreamProtocol.H2c, service)]);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Url, "/pkg.Service/Call"))
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent([0, 0, 0, 0, 0]) { Headers = { { "Content-Type", "application/grpc" } } }, Headers = { { "TE", "trailers" } },
        };
        using var answer = await Client.SendAsync(request);
        Assert.Equal(5, (await answer.Content.ReadAsByteArrayAsync()).Length);
        Assert.Equal("0", Assert.Single(answer.TrailingHeaders.GetValues("grpc-status")));
        Assert.Equal(("HTTP/2", "trailers"), (service.Only.Protocol, service.Only.Headers["TE"]));
    }

    [Fact]
    public async Task A_backend_that_dies_within_an_answer_does_not_look_like_its_end()
    {
        await using var shop = await FakeBackend.StartAsync(answer: async h =>
        {
            await h.Response.WriteAsync("half");
            await h.Response.Body.FlushAsync();
            h.Abort();
        });
        await using var gateway = await TestGateway.StartAsync(shop);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => Client.GetStringAsync(gateway.Url));
        Assert.Single(shop.Requests);
    }

    [Fact]
    public async Task A_backend_that_dies_before_its_answer_is_502_and_a_POST_is_not_sent_twice()
    {
        await using var shop = await FakeBackend.StartAsync(answer: h =>
        {
            h.Abort();
            return Task.CompletedTask;
        });
        await using var gateway = await TestGateway.StartAsync(shop);
        using var answer = await Client.PostAsync(gateway.Url, new StringContent("order"));
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Single(shop.Requests);
    }

    [Fact]
    public async Task Draining_lets_requests_end_and_takes_no_more()
    {
        using var hold = new SemaphoreSlim(0);
        await using var shop = await FakeBackend.StartAsync(answer: async h =>
        {
            await hold.WaitAsync(h.RequestAborted);
            await h.Response.WriteAsync("done");
        });
        await using var gateway = await TestGateway.StartAsync(shop);
        var underWay = Client.GetStringAsync(gateway.Url);
        await TestGateway.UntilAsync(() => !shop.Requests.IsEmpty);
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var drained = gateway.Server.DrainAsync(enough.Token);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await TestGateway.UntilAsync(() => { try { using var s = new Socket(SocketType.Stream, ProtocolType.Tcp); s.Connect(IPAddress.Loopback, gateway.Port); return false; } catch (SocketException) { return true; } });
        hold.Release();
        Assert.Equal("done", await underWay);
        await drained;
        Assert.False(enough.IsCancellationRequested);
    }
}
