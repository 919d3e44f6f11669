using System.Text;
using System.Text.Json;
using Microsoft.Playwright;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>The page with more than anybody's first cluster has: what the server would say is made up here, the browser and the page are real.</summary>
public sealed class MapScaleTests
{
    private const string Site = "http://map.test", Policy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src data:; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'";

    [Theory]
    [InlineData(6, 3, 3, 1_000)]
    [InlineData(2_000, 20, 40, 3_000)]
    [InlineData(2_000, 20, 10_000, 3_000)]
    public async Task The_first_picture_comes_soon(int pods, int nodes, int services, int within)
    {
        var took = new List<double>();
        for (var i = 0; i < 3; i++)
        {
            await using var map = await OpenAsync("#/map", Events(pods, nodes, services), _ => new { ends = Array.Empty<string>(), cells = Array.Empty<object>() });
            // Drawn, and shown: the second frame after the last pod is there.
            took.Add(await map.Page.EvaluateAsync<double>("pods => new Promise(done => { const look = () => document.querySelectorAll('svg .pod').length >= pods ? requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))) : requestAnimationFrame(look); look(); })", pods));
            await Assertions.Expect(map.Page.Locator("svg .pod")).ToHaveCountAsync(pods);
            // Much is laid out beside the page, not in it.
            Assert.NotEmpty(map.Page.Workers);
            if (services > 48)
            {
                await Assertions.Expect(map.Page.Locator("[data-id^=\"service/\"]")).ToHaveCountAsync(0);
                await Assertions.Expect(map.Page.Locator("[data-id^=\"services/\"]")).ToHaveCountAsync(20);
            }
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{pods} pods, {services} Services: first picture after {string.Join(", ", took.Select(t => $"{t:0}"))} ms");
        Assert.InRange(took.Order().ElementAt(1), 0, within);
    }

    [Fact]
    public async Task A_large_matrix_is_drawn_where_it_is_looked_at_and_saved_whole()
    {
        const int Ends = 250;
        var ends = Enumerable.Range(0, Ends).Select(i => $"ns-{i / 25}/web-{i:000}").ToArray();
        var matrix = new { ends, cells = (from a in ends from b in ends where a != b select new { @from = a, to = b, port = "tcp 80", allowed = (a[^1] + b[^1]) % 7 == 0 ? "no" : "yes", deniedBy = "", policies = Array.Empty<string>() }).ToArray() };
        await using var map = await OpenAsync("#/matrix", Events(1, 1, 1), _ => matrix);
        await Assertions.Expect(map.Page.Locator(".matrix")).ToHaveAttributeAsync("aria-rowcount", $"{Ends + 1}", new() { Timeout = 20_000 });
        await Assertions.Expect(map.Page.GetByText("web-000", new() { Exact = true }).First).ToBeVisibleAsync();
        Assert.InRange(await map.Page.Locator(".cell").CountAsync(), 100, 3_000);
        await map.Page.Locator(".scroll").EvaluateAsync("e => { e.scrollTop = e.scrollHeight; e.scrollLeft = e.scrollWidth; }");
        await Assertions.Expect(map.Page.Locator("[data-cell=\"249,248\"]")).ToBeVisibleAsync();
        await Assertions.Expect(map.Page.Locator("tbody th", new() { HasTextString = "web-249" })).ToBeVisibleAsync();
        Assert.InRange(await map.Page.Locator(".cell").CountAsync(), 100, 3_000);
        var svg = Encoding.UTF8.GetString(await map.SaveAsync("Save as SVG"));
        Assert.All(ends, e => Assert.Contains($">{e.Split('/')[1]}<", svg, StringComparison.Ordinal));
    }

    private static Task<MapPage> OpenAsync(string view, byte[] events, Func<string, object> matrix)
    {
        var dist = Path.GetFullPath(Path.Combine(Pods.ExamplePath("..", "web"), "dist"));
        return MapPage.OpenAsync($"{Site}/{view}", before: page => page.RouteAsync($"{Site}/**", async route =>
        {
            var path = new Uri(route.Request.Url).AbsolutePath;
            switch (path)
            {
                case "/api/about":
                    await JsonAsync(route, new { name = "large", context = "", mayApply = false });
                    break;
                case "/api/events":
                    await route.FulfillAsync(new() { ContentType = "text/event-stream", BodyBytes = events });
                    break;
                case "/api/matrix":
                    await JsonAsync(route, matrix(path));
                    break;
                default:
                    var file = Path.Combine(dist, path == "/" ? "index.html" : path.TrimStart('/'));
                    await route.FulfillAsync(new() { Path = file, Headers = new Dictionary<string, string> { ["Content-Security-Policy"] = Policy, ["Content-Type"] = Path.GetExtension(file) switch { ".html" => "text/html", ".js" => "text/javascript", _ => "text/css" } } });
                    break;
            }
        }));
    }

    private static Task JsonAsync(IRoute route, object value) => route.FulfillAsync(new() { ContentType = "application/json", Body = JsonSerializer.Serialize(value) });

    /// <summary>As the server sends them, and no word afterwards: the browser asks again a day later.</summary>
    private static byte[] Events(int pods, int nodes, int services)
    {
        var text = new StringBuilder("retry: 86400000\n\n");
        List("Namespace", "v1", Enumerable.Range(0, 20).Select(i => new { metadata = new { name = $"ns-{i}" } }));
        List("Node", "v1", Enumerable.Range(1, nodes).Select(i => new
        {
            metadata = new { name = $"node-{i}" }, spec = new { podCIDR = $"10.244.{i}.0/24" },
            status = new { addresses = new[] { new { type = "InternalIP", address = $"172.30.0.{i + 1}" } }, conditions = new[] { new { type = "Ready", status = "True" } } },
        }));
        List("Pod", "v1", Enumerable.Range(0, pods).Select(i => new
        {
            metadata = new { name = $"web-{i}", @namespace = $"ns-{i % 20}", uid = $"{i}", labels = new { app = "web" } },
            spec = new { nodeName = $"node-{i % nodes + 1}", containers = new[] { new { name = "main", image = "nginx", ports = new[] { new { containerPort = 80 } } } } },
            status = new { phase = "Running", podIP = $"10.244.{i % nodes + 1}.{i / nodes + 2}", conditions = new[] { new { type = "Ready", status = "True" } }, containerStatuses = new[] { new { name = "main", ready = true, state = new { running = new { } } } } },
        }));
        List("Service", "v1", Enumerable.Range(0, services).Select(i => new { metadata = new { name = $"web-{i}", @namespace = $"ns-{i % 20}" }, spec = new { type = "ClusterIP", clusterIP = $"10.96.{i / 250}.{i % 250}", selector = new { app = "web" }, ports = new[] { new { port = 80 } } } }));
        List("EndpointSlice", "discovery.k8s.io/v1", Enumerable.Range(0, services).Select(i => new
        {
            metadata = new { name = $"web-{i}-a", @namespace = $"ns-{i % 20}", labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = $"web-{i}" } },
            endpoints = new[] { new { addresses = new[] { "10.244.1.2" }, conditions = new { ready = true }, targetRef = new { kind = "Pod", name = $"web-{i % pods}", @namespace = $"ns-{i % pods % 20}" } } },
        }));
        return Encoding.UTF8.GetBytes(text.Append("event: synced\ndata: {}\n\n").ToString());

        void List<T>(string kind, string version, IEnumerable<T> items) => text.Append($"event: list\ndata: {JsonSerializer.Serialize(new { kind, apiVersion = version, resourceVersion = "1", items })}\n\n");
    }
}
