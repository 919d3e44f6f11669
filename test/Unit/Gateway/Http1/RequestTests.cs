using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Vitrine.Gateway.Forwarding.Http1;
using Vitrine.Model.Plans.Gateway;
using Xunit;

namespace Vitrine.Unit.Gateway.Http1;

/// <summary>What is sent over the proxy's own connections to backends, and what becomes of it when they fail.</summary>
public sealed class RequestTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, Expect100ContinueTimeout = TimeSpan.FromSeconds(20) });

    [Fact]
    public async Task A_request_is_written_as_it_came_with_its_own_framing()
    {
        using var backend = new ScriptedBackend(Ok);
        await using var gateway = await StartAsync(backend);
        await gateway.RawAsync(Encoding.Latin1.GetBytes("GET /a?b HTTP/1.1\r\nhost: shop\r\nX-A: caf\xe9\r\nX-A: 2\r\nx(y: 1\r\nTE: trailers\r\nConnection: close\r\n\r\n"));
        Assert.Equal(
            $"GET /a?b HTTP/1.1\r\nHost: shop\r\nX-A: caf\xe9\r\nX-A: 2\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Host: shop\r\nX-Forwarded-Port: 80\r\nX-Forwarded-Proto: http\r\nX-Real-IP: 127.0.0.1\r\n\r\n",
            Assert.Single(backend.Requests));
    }

    [Theory]
    [InlineData("x-own")]
    [InlineData("other\r\nConnection: X-OWN")]
    [InlineData("X-Forwarded-For ,\tx-own,, host, content-length")]
    public async Task What_a_client_declares_to_be_of_its_connection_stays_there(string connection)
    {
        using var backend = new ScriptedBackend(Ok);
        await using var gateway = await StartAsync(backend);
        await gateway.RawAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: a\r\nConnection: {connection}\r\nX-Own: 1\r\nContent-Length: 0\r\n\r\n"), 0.3);
        var sent = Assert.Single(backend.Requests);
        Assert.DoesNotContain("X-Own", sent, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("\r\nX-Forwarded-For: 127.0.0.1\r\n", sent);
        Assert.Contains("\r\nContent-Length: 0\r\n", sent);
    }

    [Theory]
    [InlineData("POST", "Content-Length: 0\r\n", "\r\nContent-Length: 0\r\n")]
    [InlineData("GET", "Content-Length: 0\r\n", "\r\nContent-Length: 0\r\n")]
    [InlineData("POST", "", "\r\nContent-Length: 0\r\n")]
    [InlineData("BREW", "", "\r\nContent-Length: 0\r\n")]
    [InlineData("DELETE", "", null)]
    public async Task A_length_of_nothing_is_said_where_it_is_expected(string method, string header, string? sent)
    {
        using var backend = new ScriptedBackend(Ok);
        await using var gateway = await StartAsync(backend);
        await gateway.RawAsync(Encoding.ASCII.GetBytes($"{method} / HTTP/1.1\r\nHost: a\r\n{header}Connection: close\r\n\r\n"));
        Assert.Equal(sent is not null, Assert.Single(backend.Requests).Contains(sent ?? "Content-Length", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Headers_may_be_longer_than_any_buffer_begins_with()
    {
        await using var shop = await FakeBackend.StartAsync();
        await using var gateway = await TestGateway.StartAsync(shop);
        using var request = new HttpRequestMessage(HttpMethod.Get, gateway.Url);
        for (var i = 0; i < 20; i++)
            request.Headers.Add($"X-Long-{i}", new string((char)('a' + i), 1000));
        using var answer = await Client.SendAsync(request);
        Assert.All(Enumerable.Range(0, 20), i => Assert.Equal(new string((char)('a' + i), 1000), shop.Only.Headers[$"X-Long-{i}"]));
    }

    [Fact]
    public async Task Cookies_in_pieces_become_one_line()
    {
        using var backend = new ScriptedBackend(Ok);
        await using var gateway = await StartAsync(backend);
        await gateway.RawAsync("GET / HTTP/1.1\r\nHost: a\r\nCookie: a=1\r\nCookie: b=2\r\nConnection: close\r\n\r\n"u8.ToArray());
        Assert.Contains("\r\nCookie: a=1; b=2\r\n", Assert.Single(backend.Requests));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(5_000, false)]
    [InlineData(16_352, true)]
    [InlineData(16_384, false)]
    [InlineData(3_000_000, true)]
    [InlineData(3_000_000, false)]
    public async Task Bodies_arrive_whole_both_ways(int size, bool chunked)
    {
        await using var shop = await FakeBackend.StartAsync(answer: async h =>
        {
            using var body = new MemoryStream();
            await h.Request.Body.CopyToAsync(body);
            if (!chunked)
                h.Response.ContentLength = size;
            h.Response.Headers["X-Framing"] = h.Request.ContentLength is null ? "chunked" : "length";
            await h.Response.Body.WriteAsync(body.ToArray());
        });
        await using var gateway = await TestGateway.StartAsync(shop);
        var bytes = RandomNumberGenerator.GetBytes(size);
        for (var i = 0; i < 3; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, gateway.Url) { Content = new ByteArrayContent(bytes), Headers = { TransferEncodingChunked = chunked } };
            using var answer = await Client.SendAsync(request);
            Assert.Equal(bytes, await answer.Content.ReadAsByteArrayAsync());
            Assert.Equal(chunked ? "chunked" : "length", Assert.Single(answer.Headers.GetValues("X-Framing")));
        }
        Assert.Equal(3, gateway.Server.Meter.PlainTries);
    }

    [Theory]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n", true)]
    [InlineData("HTTP/1.1 103 Early Hints\r\n\r\n", true)]
    [InlineData("", true)]
    [InlineData("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n", false)]
    public async Task A_body_waits_until_the_backend_wants_it(string first, bool sent)
    {
        using var backend = new ScriptedBackend(async c =>
        {
            await c.RequestAsync();
            await c.SayAsync(first);
            if ((await c.BodyAsync("order")).EndsWith("order", StringComparison.Ordinal))
                await c.SayAsync(Ok);
        });
        await using var gateway = await StartAsync(backend);
        using var request = new HttpRequestMessage(HttpMethod.Post, gateway.Url) { Content = new StringContent("order"), Headers = { ExpectContinue = true } };
        using var answer = await Client.SendAsync(request);
        Assert.Equal(sent ? HttpStatusCode.OK : HttpStatusCode.ExpectationFailed, answer.StatusCode);
        Assert.Contains("\r\nExpect: 100-continue\r\n", Assert.Single(backend.Requests));
    }

    [Fact]
    public async Task An_answer_may_come_before_the_body_is_all_sent()
    {
        using var backend = new ScriptedBackend(async c =>
        {
            await c.RequestAsync();
            await c.SayAsync("HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\n\r\nmuch");
            await Task.Delay(200);
        });
        await using var gateway = await StartAsync(backend);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, gateway.Port);
        await socket.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nbegin"u8.ToArray());
        var buffer = new byte[4096];
        var count = await socket.ReceiveAsync(buffer);
        Assert.StartsWith("HTTP/1.1 413 ", Encoding.ASCII.GetString(buffer, 0, count));
        await TestGateway.UntilAsync(() => gateway.Server.Meter.Render(0).Contains("code=\"413\"} 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_client_that_leaves_within_its_body_leaves_no_half_request_that_looks_whole()
    {
        var body = "";
        using var backend = new ScriptedBackend(async c =>
        {
            await c.RequestAsync();
            body = await c.BodyAsync("never");
        });
        await using var gateway = await StartAsync(backend);
        using (var socket = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            await socket.ConnectAsync(IPAddress.Loopback, gateway.Port);
            await socket.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegin\r\n"u8.ToArray());
            await TestGateway.UntilAsync(() => !backend.Requests.IsEmpty);
        }
        await TestGateway.UntilAsync(() => backend.Left == 1);
        Assert.DoesNotContain("0\r\n\r\n", body);
        Assert.Equal(1, backend.Accepted);
    }

    [Fact]
    public async Task A_broken_chunk_of_the_client_is_400()
    {
        using var backend = new ScriptedBackend(async c => await c.BodyAsync("never"));
        await using var gateway = await StartAsync(backend);
        var answer = await gateway.RawAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegin\r\nxyz\r\n"u8.ToArray(), 2);
        Assert.StartsWith("HTTP/1.1 400 ", answer);
        await TestGateway.UntilAsync(() => backend.Accepted == 1);
    }

    [Theory]
    [InlineData("GET", HttpStatusCode.OK, 2)]
    [InlineData("DELETE", HttpStatusCode.OK, 2)]
    [InlineData("POST", HttpStatusCode.BadGateway, 1)]
    public async Task A_kept_connection_that_closes_under_a_request_costs_nothing_that_may_be_sent_twice(string method, HttpStatusCode status, int connections)
    {
        using var backend = new ScriptedBackend(async c =>
        {
            await c.RequestAsync();
            await c.SayAsync(Ok);
            // The second one comes, and is not answered.
            if (c.Number == 1)
                await c.RequestAsync();
            while (c.Number > 1 && await c.RequestAsync() is not null)
                await c.SayAsync(Ok);
        });
        await using var gateway = await StartAsync(backend);
        Assert.Equal("ok", await Client.GetStringAsync(gateway.Url));
        using var answer = await Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), gateway.Url));
        Assert.Equal((status, connections), (answer.StatusCode, backend.Accepted));
    }

    [Fact]
    public async Task A_connection_that_closed_while_it_rested_is_not_used()
    {
        using var backend = new ScriptedBackend(async c =>
        {
            await c.RequestAsync();
            await c.SayAsync(Ok);
        });
        await using var gateway = await StartAsync(backend);
        for (var i = 0; i < 5; i++)
        {
            using var answer = await Client.PostAsync(gateway.Url, new StringContent("order"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            await Task.Delay(50);
        }
        Assert.Equal(5, backend.Accepted);
    }

    [Fact]
    public async Task What_a_resting_connection_says_unasked_is_nobodys_answer()
    {
        using var backend = new ScriptedBackend(async c =>
        {
            while (await c.RequestAsync() is { } head)
            {
                await c.SayAsync($"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{head.Split(' ')[1]}");
                await Task.Delay(50);
                await c.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled");
            }
        });
        await using var gateway = await StartAsync(backend);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal($"/{i}", await Client.GetStringAsync(new Uri(gateway.Url, $"/{i}")));
            await Task.Delay(150);
        }
        Assert.Equal(5, backend.Accepted);
    }

    [Fact]
    public async Task A_limit_ends_a_slow_answer_and_a_slow_body()
    {
        using var backend = new ScriptedBackend(async c =>
        {
            await c.RequestAsync();
            if (c.Number > 1)
                await c.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha");
            await c.RequestAsync();
        });
        await using var gateway = await StartAsync(backend, r => r with { Timeouts = new RouteTimeouts(TimeSpan.FromMilliseconds(200)) });
        Assert.Equal(HttpStatusCode.GatewayTimeout, (await Client.PostAsync(gateway.Url, null)).StatusCode);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => Client.PostAsync(gateway.Url, null));
        await TestGateway.UntilAsync(() => backend.Left == 2);
    }

    [Fact]
    public async Task A_header_filter_cannot_say_how_long_a_body_is()
    {
        using var backend = new ScriptedBackend(Ok);
        await using var gateway = await StartAsync(backend, r => r with { Filters = [new HeaderFilter(false) { Set = [new("Content-Length", "7")], Add = [new("Transfer-Encoding", "chunked")] }] });
        Assert.Equal("ok", await Client.GetStringAsync(gateway.Url));
        Assert.DoesNotMatch("Content-Length|Transfer-Encoding", Assert.Single(backend.Requests));
    }

    [Fact]
    public async Task HTTP_2_clients_are_served_over_the_same_connections()
    {
        await using var shop = await FakeBackend.StartAsync(answer: h => h.Response.WriteAsync(h.Request.Headers["X-I"].ToString()));
        await using var gateway = await TestGateway.StartAsync(shop);
        await Parallel.ForEachAsync(Enumerable.Range(0, 300), async (i, ct) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, gateway.Url) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Headers = { { "X-I", $"{i}" } } };
            using var answer = await Client.SendAsync(request, ct);
            Assert.Equal($"{i}", await answer.Content.ReadAsStringAsync(ct));
        });
        Assert.Equal(300, gateway.Server.Meter.PlainTries);
    }

    [Fact]
    public async Task A_connection_that_nobody_uses_is_closed_after_some_rounds()
    {
        using var backend = new ScriptedBackend(Ok);
        var pool = new ConnectionPool(new IPEndPoint(IPAddress.Loopback, backend.Port));
        var used = await pool.ConnectAsync(null, default);
        pool.Keep(await pool.ConnectAsync(null, default));
        Assert.True(pool.Sweep(all: false));
        Assert.True(pool.Sweep(all: false));
        Assert.Equal(0, backend.Left);
        Assert.False(pool.Sweep(all: false));
        Assert.Null(pool.Take());
        // One that comes back to a pool that was given up is not kept.
        Assert.False(pool.Sweep(all: true));
        pool.Keep(used);
        await TestGateway.UntilAsync(() => backend.Left == 2);
    }

    private static async Task<TestGateway> StartAsync(ScriptedBackend backend, Func<RouteRule, RouteRule>? change = null)
    {
        var gateway = await TestGateway.StartAsync();
        await gateway.ServeAsync([(change ?? (r => r))(TestGateway.Rule("/", "web"))], [backend.Upstream("web")]);
        return gateway;
    }
}
