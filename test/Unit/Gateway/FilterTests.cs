using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Vitrine.Model.Plans.Gateway;
using Xunit;

namespace Vitrine.Unit.Gateway;

public sealed class FilterTests
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false });

    [Fact]
    public async Task Request_headers_are_removed_set_and_added()
    {
        await using var shop = await FakeBackend.StartAsync();
        await using var gateway = await Filtered(shop, new HeaderFilter(false) { Remove = ["x-gone"], Set = [new("X-Set", "new"), new("Content-Type", "text/x")], Add = [new("X-Add", "two")] });
        using var request = new HttpRequestMessage(HttpMethod.Post, gateway.Url) { Headers = { { "X-Gone", "1" }, { "X-Set", "old" }, { "X-Add", "one" } }, Content = new StringContent("a") };
        using var answer = await Client.SendAsync(request);
        var headers = shop.Only.Headers;
        Assert.False(headers.ContainsKey("X-Gone"));
        Assert.Equal(("new", "one,two", "text/x"), (headers["X-Set"], headers["X-Add"].Replace(", ", ","), headers["Content-Type"]));
    }

    [Fact]
    public async Task The_host_header_may_be_set()
    {
        await using var shop = await FakeBackend.StartAsync();
        await using var gateway = await Filtered(shop, new HeaderFilter(false) { Set = [new("Host", "inner.example")] });
        await Client.GetStringAsync(gateway.Url);
        Assert.Equal("inner.example", shop.Only.Headers["Host"]);
    }

    [Fact]
    public async Task Response_headers_are_removed_set_and_added()
    {
        await using var shop = await FakeBackend.StartAsync(answer: h =>
        {
            h.Response.Headers["X-Set"] = "old";
            h.Response.Headers["X-Add"] = "one";
            return Task.CompletedTask;
        });
        await using var gateway = await Filtered(shop, new HeaderFilter(true) { Remove = ["x-backend"], Set = [new("X-Set", "new")], Add = [new("X-Add", "two")] });
        using var answer = await Client.GetAsync(gateway.Url);
        Assert.False(answer.Headers.Contains("X-Backend"));
        Assert.Equal(["new"], answer.Headers.GetValues("X-Set"));
        Assert.Equal(["one", "two"], answer.Headers.GetValues("X-Add"));
    }

    [Theory]
    [InlineData("/foo", "/bar", "/foo/x?q=1", "/bar/x?q=1")]
    [InlineData("/foo", "/bar", "/foo", "/bar")]
    [InlineData("/foo", "/bar", "/foo/", "/bar/")]
    [InlineData("/foo", "/", "/foo/x", "/x")]
    [InlineData("/foo", "/", "/foo", "/")]
    [InlineData("/foo/", "/bar/", "/foo/x", "/bar/x")]
    [InlineData("/", "/v2", "/x", "/v2/x")]
    public async Task A_prefix_is_replaced_element_by_element(string prefix, string by, string asked, string got)
    {
        await using var shop = await FakeBackend.StartAsync();
        await using var gateway = await TestGateway.StartAsync(shop, r => r with
        {
            Match = new RequestMatch { Path = new PathMatch(PathKind.Prefix, prefix) },
            Filters = [new RewriteFilter(Path: new PathModifier(PathModifierKind.Prefix, by))],
        });
        await Client.GetStringAsync(new Uri(gateway.Url, asked));
        Assert.Equal(got, shop.Only.Target);
    }

    [Theory]
    [InlineData("/api(/|$)(.*)", "/$2", "/api/a%20b", "/a%20b")]
    [InlineData("/api(/|$)(.*)", "/$2", "/api", "/")]
    [InlineData("/files(.*)", "/data$1", "/files../secret", "/data../secret")]
    [InlineData("/files(.*)", "/data/$1", "/files../secret", "/secret")]
    public async Task An_expressions_groups_make_the_path(string expression, string by, string asked, string got)
    {
        await using var shop = await FakeBackend.StartAsync();
        await using var gateway = await TestGateway.StartAsync(shop, r => r with
        {
            Match = new RequestMatch { Path = new PathMatch(PathKind.Regex, expression) },
            Filters = [new RewriteFilter("inner", new PathModifier(PathModifierKind.Regex, by))],
        });
        await Client.GetStringAsync(new Uri(gateway.Url, asked));
        Assert.Equal((got, "inner"), (shop.Only.Target, shop.Only.Headers["Host"]));
    }

    [Theory]
    [InlineData("https", null, null, null, "https://shop.example/foo/x?q=1")]
    [InlineData(null, "other.example", null, null, "http://other.example/foo/x?q=1")]
    [InlineData(null, null, 8080, null, "http://shop.example:8080/foo/x?q=1")]
    [InlineData("https", null, 8443, null, "https://shop.example:8443/foo/x?q=1")]
    [InlineData("http", null, 80, "/bar", "http://shop.example/bar/x?q=1")]
    public async Task A_redirect_says_what_is_different_and_keeps_the_rest(string? scheme, string? host, int? port, string? prefix, string location)
    {
        await using var shop = await FakeBackend.StartAsync();
        await using var gateway = await TestGateway.StartAsync(shop, r => r with
        {
            Match = new RequestMatch { Path = new PathMatch(PathKind.Prefix, "/foo") },
            Filters = [new RedirectFilter(308, scheme, host, port, prefix is null ? null : new PathModifier(PathModifierKind.Prefix, prefix))],
        });
        using var answer = await Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Url, "/foo/x?q=1")) { Headers = { Host = "shop.example" } });
        Assert.Equal((HttpStatusCode.PermanentRedirect, location), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        Assert.Empty(shop.Requests);
    }

    [Fact]
    public async Task Clients_outside_the_allow_list_are_refused()
    {
        await using var shop = await FakeBackend.StartAsync();
        await using var gateway = await Filtered(shop, new AllowListFilter(["10.0.0.0/8", "192.0.2.7"]));
        Assert.Equal(HttpStatusCode.Forbidden, (await Client.GetAsync(gateway.Url)).StatusCode);
        await using var denying = await Filtered(shop, new AllowListFilter(["10.0.0.0/8"], Deny: true));
        Assert.Equal(HttpStatusCode.OK, (await Client.GetAsync(denying.Url)).StatusCode);
        // A client cannot talk itself into the list.
        using var request = new HttpRequestMessage(HttpMethod.Get, gateway.Url) { Headers = { { "X-Forwarded-For", "10.1.1.1" } } };
        Assert.Equal(HttpStatusCode.Forbidden, (await Client.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("bcrypt", true)]
    [InlineData("sha", true)]
    [InlineData("apr1", true)]
    [InlineData("wrong", false)]
    [InlineData("nobody", false)]
    public async Task A_user_shows_the_password(string user, bool right)
    {
        var users = ImmutableDictionary.CreateRange(new Dictionary<string, string>
        {
            ["bcrypt"] = BCrypt.Net.BCrypt.HashPassword("secret", 4).Replace("$2a$", "$2y$", StringComparison.Ordinal),
            ["sha"] = "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
            // openssl passwd -apr1 -salt saltsalt secret
            ["apr1"] = "$apr1$saltsalt$LrttParrLPdxvgutaSXWJ0",
            ["wrong"] = "{SHA}AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        });
        await using var shop = await FakeBackend.StartAsync();
        await using var gateway = await Filtered(shop, new BasicAuthFilter("the \"shop\"", users));
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, gateway.Url) { Headers = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:secret"))) } };
            using var answer = await Client.SendAsync(request);
            Assert.Equal(right ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, answer.StatusCode);
        }
        using var without = await Client.GetAsync(gateway.Url);
        Assert.Equal("Basic realm=\"the \\\"shop\\\"\", charset=\"UTF-8\"", without.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_that_is_too_long_is_413(bool chunked)
    {
        await using var shop = await FakeBackend.StartAsync();
        await using var gateway = await Filtered(shop, new BodySizeFilter(10));
        using var ok = await Client.PostAsync(gateway.Url, new StringContent("0123456789"));
        // Short enough to be on its way before the answer is: a client that still writes when the connection ends may never read it.
        using var request = new HttpRequestMessage(HttpMethod.Post, gateway.Url) { Content = new StringContent(new string('x', 200)), Headers = { TransferEncodingChunked = chunked } };
        using var bad = await Client.SendAsync(request);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.RequestEntityTooLarge), (ok.StatusCode, bad.StatusCode));
    }

    [Theory]
    [InlineData("https://shop.example", "https://shop.example")]
    [InlineData("https://a.toys.example", "https://a.toys.example")]
    [InlineData("https://evil.example", null)]
    [InlineData("https://evil.test/.toys.example", null)]
    public async Task A_preflight_is_answered_here(string origin, string? allowed)
    {
        await using var shop = await FakeBackend.StartAsync();
        await using var gateway = await Filtered(shop, Cors);
        using var request = new HttpRequestMessage(HttpMethod.Options, gateway.Url) { Headers = { { "Access-Control-Request-Method", "PUT" }, { "Access-Control-Request-Headers", "x-a" } } };
        request.Headers.TryAddWithoutValidation("Origin", origin);
        using var answer = await Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Empty(shop.Requests);
        Assert.Equal(allowed, One(answer, "Access-Control-Allow-Origin"));
        Assert.Equal(allowed is null ? null : "GET, PUT", One(answer, "Access-Control-Allow-Methods"));
        Assert.Equal(allowed is null ? null : "x-a", One(answer, "Access-Control-Allow-Headers"));
        Assert.Equal(allowed is null ? null : "true", One(answer, "Access-Control-Allow-Credentials"));
        Assert.Equal(allowed is null ? null : "60", One(answer, "Access-Control-Max-Age"));
    }

    [Fact]
    public async Task The_backends_word_on_origins_is_replaced()
    {
        await using var shop = await FakeBackend.StartAsync(answer: h =>
        {
            h.Response.Headers.AccessControlAllowOrigin = "*";
            return Task.CompletedTask;
        });
        await using var gateway = await Filtered(shop, Cors);
        using var friend = await Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, gateway.Url) { Headers = { { "Origin", "https://shop.example" } } });
        using var stranger = await Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, gateway.Url) { Headers = { { "Origin", "https://evil.example" } } });
        Assert.Equal(("https://shop.example", "x-b", null), (One(friend, "Access-Control-Allow-Origin"), One(friend, "Access-Control-Expose-Headers"), One(stranger, "Access-Control-Allow-Origin")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("a body")]
    public async Task A_mirror_gets_a_copy_and_its_answer_is_nobodys(string? body)
    {
        await using var shop = await FakeBackend.StartAsync("shop");
        await using var mirror = await FakeBackend.StartAsync("mirror");
        await using var gateway = await TestGateway.StartAsync();
        await gateway.ServeAsync([TestGateway.Rule("/", "shop") with { Filters = [new MirrorFilter("mirror"), new HeaderFilter(false) { Set = [new("X-A", "1")] }] }],
            [TestGateway.Upstream("shop", shop), TestGateway.Upstream("mirror", mirror)]);
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(gateway.Url, "/a?b=c")) { Content = body is null ? null : new StringContent(body) };
        using var answer = await Client.SendAsync(request);
        Assert.Equal("shop", await answer.Content.ReadAsStringAsync());
        await TestGateway.UntilAsync(() => !mirror.Requests.IsEmpty);
        Assert.Equal(("/a?b=c", body ?? "", "1"), (mirror.Only.Target, mirror.Only.Body, mirror.Only.Headers["X-A"]));
        Assert.Equal(body ?? "", shop.Only.Body);
    }

    [Fact]
    public async Task A_part_of_requests_is_mirrored()
    {
        await using var shop = await FakeBackend.StartAsync("shop");
        await using var mirror = await FakeBackend.StartAsync("mirror");
        await using var gateway = await TestGateway.StartAsync();
        await gateway.ServeAsync([TestGateway.Rule("/", "shop") with { Filters = [new MirrorFilter("mirror", 1, 4)] }], [TestGateway.Upstream("shop", shop), TestGateway.Upstream("mirror", mirror)]);
        for (var i = 0; i < 400; i++)
            await Client.GetStringAsync(gateway.Url);
        await TestGateway.UntilAsync(() => mirror.Requests.Count > 40);
        await Task.Delay(100);
        Assert.InRange(mirror.Requests.Count, 60, 140);
    }

    private static CorsFilter Cors => new()
    {
        Origins = ["https://shop.example", "https://*.toys.example"], Methods = ["GET", "PUT"], AllowHeaders = ["*"], ExposeHeaders = ["x-b"], Credentials = true, MaxAgeSeconds = 60,
    };

    private static Task<TestGateway> Filtered(FakeBackend backend, params RouteFilter[] filters) => TestGateway.StartAsync(backend, r => r with { Filters = [.. filters] });

    private static string? One(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? string.Join('|', values) : null;
}
