using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Vitrine.Unit.Gateway.Http1;

/// <summary>Answers of backends that mean well, and of others.</summary>
public sealed class AnswerTests
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false });

    public static TheoryData<string> Broken =>
    [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999999\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\nok",
        "HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\n X: a\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nX Y: a\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\n: a\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nX\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1  200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 +20 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 099 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "http/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 O\x01K\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nX: " + new string('x', 65_536) + "\r\nContent-Length: 2\r\n\r\nok",
        string.Concat(Enumerable.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 40)) + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    ];

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task An_answer_that_might_be_read_in_two_ways_is_502_and_its_connection_is_closed(string answer)
    {
        using var backend = new ScriptedBackend(answer);
        await using var gateway = await StartAsync(backend);
        using var got = await Client.PostAsync(gateway.Url, null);
        Assert.Equal(HttpStatusCode.BadGateway, got.StatusCode);
        await TestGateway.UntilAsync(() => backend.Left == 1);
        Assert.Equal((1, 1L), (backend.Accepted, gateway.Server.Meter.PlainTries));
    }

    [Theory]
    [InlineData("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", 200, "ok", true)]
    [InlineData("HTTP/1.1 200 \r\nContent-Length : 2 \t\r\n\r\nok", 200, "ok", true)]
    [InlineData("HTTP/1.1 299 Of My Own\r\ncontent-length:2\r\n\r\nok", 299, "ok", true)]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 2\n\nok", 200, "ok", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: CHUNKED\r\n\r\n1;x=y\r\no\r\n0001 \r\nk\r\n0\r\n\r\n", 200, "ok", true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok", 200, "ok", false)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok", false)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok", 200, "ok", true)]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok", true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more", 200, "ok", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled", 200, "ok", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", 200, "ok", false)]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", 204, "", true)]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok", 204, "", false)]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 200\r\nETag: \"a\"\r\n\r\n", 304, "", true)]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 404, "", true)]
    public async Task An_answer_is_passed_on_and_its_connection_kept_if_nothing_is_odd(string answer, int status, string body, bool kept)
    {
        using var backend = new ScriptedBackend(answer);
        await using var gateway = await StartAsync(backend);
        for (var i = 1; i <= 3; i++)
        {
            using var got = await Client.GetAsync(gateway.Url);
            Assert.Equal((status, body), ((int)got.StatusCode, await got.Content.ReadAsStringAsync()));
            // What is not kept is closed.
            await TestGateway.UntilAsync(() => kept || backend.Left == i);
        }
        Assert.Equal((kept ? 1 : 3, 3L), (backend.Accepted, gateway.Server.Meter.PlainTries));
    }

    [Fact]
    public async Task A_HEAD_has_a_length_and_no_body()
    {
        using var backend = new ScriptedBackend("HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n");
        await using var gateway = await StartAsync(backend);
        for (var i = 0; i < 3; i++)
        {
            using var got = await Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, gateway.Url));
            Assert.Equal((HttpStatusCode.OK, 200L), (got.StatusCode, got.Content.Headers.ContentLength));
        }
        Assert.Equal(1, backend.Accepted);
    }

    [Fact]
    public async Task An_answer_of_no_length_ends_with_its_connection()
    {
        using var backend = new ScriptedBackend(async c =>
        {
            await c.RequestAsync();
            await c.SayAsync("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nfirst ");
            await Task.Delay(50);
            await c.SayAsync("second");
        });
        await using var gateway = await StartAsync(backend);
        Assert.Equal("first second", await Client.GetStringAsync(gateway.Url));
        Assert.Equal("first second", await Client.GetStringAsync(gateway.Url));
        Assert.Equal(2, backend.Accepted);
    }

    [Fact]
    public async Task A_slow_answer_may_come_byte_by_byte()
    {
        using var backend = new ScriptedBackend(async c =>
        {
            while (await c.RequestAsync() is not null)
                foreach (var letter in "HTTP/1.1 103 Early Hints\r\nX: 1\r\n\r\nHTTP/1.1 200 OK\r\nX-Slow: yes\r\nTransfer-Encoding: chunked\r\n\r\n4;e\r\nslow\r\n0\r\nX: 1\r\n\r\n")
                {
                    await c.SayAsync($"{letter}");
                    await Task.Yield();
                }
        });
        await using var gateway = await StartAsync(backend);
        for (var i = 0; i < 2; i++)
        {
            using var got = await Client.GetAsync(gateway.Url);
            Assert.Equal(("slow", "yes"), (await got.Content.ReadAsStringAsync(), Assert.Single(got.Headers.GetValues("X-Slow"))));
        }
        Assert.Equal(1, backend.Accepted);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf!\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\nhalf\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4 4\r\nhalf\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x4\r\nhalf\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;a\rb\r\nhalf\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000004\r\nhalf\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\nX: y\r\n z\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\nX: y\n\r\n")]
    public async Task An_answer_that_breaks_off_does_not_look_complete(string answer)
    {
        using var backend = new ScriptedBackend(async c =>
        {
            await c.RequestAsync();
            await c.SayAsync(answer);
            await Task.Delay(50);
        });
        await using var gateway = await StartAsync(backend);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => Client.GetStringAsync(gateway.Url));
        // Part of it was with the client: there is no second try.
        Assert.Equal(1, backend.Accepted);
    }

    [Fact]
    public async Task Trailers_that_never_end_are_not_gathered()
    {
        using var backend = new ScriptedBackend(async c =>
        {
            await c.RequestAsync();
            await c.SayAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nmore\r\n0\r\n");
            for (var i = 0; i < 1000; i++)
                await c.SayAsync($"X-{i}: {new string('x', 1000)}\r\n");
            await c.SayAsync("\r\n");
        });
        await using var gateway = await StartAsync(backend);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => Client.GetStringAsync(gateway.Url));
    }

    [Fact]
    public async Task Headers_of_the_backends_connection_stay_there_and_others_come_as_they_are()
    {
        using var backend = new ScriptedBackend(
            "HTTP/1.1 200 OK\r\nConnection: X-Mine, keep-alive\r\nX-Mine: 1\r\nKeep-Alive: timeout=5\r\nProxy-Authenticate: x\r\nUpgrade: h2c\r\nServer: a\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nx-odd: caf\xe9\r\nContent-Length: 0\r\n\r\n");
        await using var gateway = await StartAsync(backend);
        var text = await gateway.RawAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray());
        Assert.Contains("\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n", text);
        Assert.Contains("\r\nServer: a\r\n", text);
        Assert.Contains("\r\nx-odd: caf\xe9\r\n", text);
        foreach (var name in new[] { "X-Mine", "Keep-Alive", "Proxy-Authenticate", "Upgrade", "X-Mine, keep-alive" })
            Assert.DoesNotContain(name, text);
    }

    [Fact]
    public async Task Trailers_reach_who_can_take_them()
    {
        using var backend = new ScriptedBackend("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\nContent-Length: 9\r\nConnection: x\r\n\r\n");
        await using var gateway = await StartAsync(backend);
        using var request = new HttpRequestMessage(HttpMethod.Get, gateway.Url) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var got = await Client.SendAsync(request);
        Assert.Equal("ok", await got.Content.ReadAsStringAsync());
        Assert.Equal("7", Assert.Single(got.TrailingHeaders.GetValues("X-Sum")));
        Assert.Single(got.TrailingHeaders);
        Assert.Equal("ok", await Client.GetStringAsync(gateway.Url));
        Assert.Equal((1, 2L), (backend.Accepted, gateway.Server.Meter.PlainTries));
    }

    [Fact]
    public async Task What_an_answer_says_first_is_passed_on_before_its_rest_has_come()
    {
        using var hold = new SemaphoreSlim(0);
        using var backend = new ScriptedBackend(async c =>
        {
            await c.RequestAsync();
            await c.SayAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            await hold.WaitAsync();
            await c.SayAsync("5\r\nfirst\r\n");
            await hold.WaitAsync();
            await c.SayAsync("0\r\n\r\n");
        });
        await using var gateway = await StartAsync(backend);
        using var got = await Client.GetAsync(gateway.Url, HttpCompletionOption.ResponseHeadersRead);
        hold.Release();
        await using var body = await got.Content.ReadAsStreamAsync();
        var buffer = new byte[100];
        Assert.Equal(5, await body.ReadAsync(buffer));
        hold.Release();
        Assert.Equal(0, await body.ReadAsync(buffer));
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_request_at_the_backend()
    {
        using var backend = new ScriptedBackend(async c =>
        {
            await c.RequestAsync();
            await c.RequestAsync();
        });
        await using var gateway = await StartAsync(backend);
        using (var socket = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            await socket.ConnectAsync(IPAddress.Loopback, gateway.Port);
            await socket.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
            await TestGateway.UntilAsync(() => !backend.Requests.IsEmpty);
        }
        await TestGateway.UntilAsync(() => backend.Left == 1);
        await TestGateway.UntilAsync(() => gateway.Server.Meter.Render(0).Contains("code=\"499\"} 1", StringComparison.Ordinal));
    }

    private static async Task<TestGateway> StartAsync(ScriptedBackend backend)
    {
        var gateway = await TestGateway.StartAsync();
        await gateway.ServeAsync([TestGateway.Rule("/", "web")], [backend.Upstream("web")]);
        return gateway;
    }
}
