using System.Net;
using Microsoft.Playwright;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>The map in a browser: what it draws is what is there, and what it says of a broken way is what explain says.</summary>
public sealed class MapTests(ThreeNodes cluster)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 20_000 };

    [Fact]
    public async Task A_link_is_good_once_and_nobody_else_gets_in()
    {
        var link = new Uri(await MapPage.LinkAsync(cluster));
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false };
        using var client = new HttpClient(handler);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(new Uri(link, "/api/events"))).StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await client.GetAsync(link)).StatusCode);
        // The client keeps cookies: it has its session, and may look, and nothing else.
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(link, "/"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.PostAsync(new Uri(link, "/api/apply"), new StringContent(""))).StatusCode);
        using var other = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.GetAsync(link)).StatusCode);
        using var rebound = new HttpRequestMessage(HttpMethod.Get, new Uri(link, "/")) { Headers = { Host = $"evil.example:{link.Port}" } };
        Assert.Equal(HttpStatusCode.MisdirectedRequest, (await client.SendAsync(rebound)).StatusCode);
    }

    [Fact]
    public async Task The_guestbook_is_drawn_as_the_API_has_it_and_changes_as_it_does()
    {
        var ns = await cluster.NamespaceAsync("map-guestbook");
        await cluster.KubectlAsync($"apply -n {ns} -f {Pods.ExamplePath("3-services", "guestbook.yaml")}");
        foreach (var deployment in new[] { "redis-leader", "redis-follower", "frontend" })
            await cluster.KubectlAsync($"rollout status deployment/{deployment} -n {ns} --timeout=90s", limit: TimeSpan.FromSeconds(100));
        await using var map = await MapPage.OpenAsync(cluster);
        await MapTown.ChooseAsync(map.Page, ns);
        var pods = (await cluster.KubectlAsync($"get pods -n {ns} -o jsonpath={{range.items[*]}}{{.metadata.name}}={{.spec.nodeName}}={{.status.podIP}},{{end}}")).Split(',', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=')).ToArray();
        Assert.Equal(6, pods.Length);
        await Assertions.Expect(map.Page.Locator($"[data-id^=\"pod/{ns}/\"]")).ToHaveCountAsync(6);
        foreach (var pod in pods)
            await Assertions.Expect(map.Page.Locator($"[data-node=\"{pod[1]}\"][data-id=\"pod/{ns}/{pod[0]}\"]")).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex($"Pod {pod[0]} in {ns}, {pod[2]}, ready"));
        foreach (var service in new[] { "frontend", "redis-leader", "redis-follower" })
            await Assertions.Expect(map.Thing($"service/{ns}/{service}")).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex(await cluster.KubectlAsync($"get service {service} -n {ns} -o jsonpath={{.spec.clusterIP}}")));
        await Assertions.Expect(map.Page.Locator("[data-id^=\"service/\"]")).ToHaveCountAsync(3);

        await cluster.KubectlAsync($"scale deployment frontend -n {ns} --replicas=4");
        await Assertions.Expect(map.Page.Locator($"[data-id^=\"pod/{ns}/frontend-\"]:not(.ending)")).ToHaveCountAsync(4, new() { Timeout = 20_000 });
        await cluster.KubectlAsync($"scale deployment frontend -n {ns} --replicas=1");
        await Assertions.Expect(map.Page.Locator($"[data-id^=\"pod/{ns}/frontend-\"]")).ToHaveCountAsync(1, new() { Timeout = 60_000 });
    }

    [Fact]
    public async Task A_change_is_seen_at_once()
    {
        var ns = await cluster.NamespaceAsync("map-live");
        await using var map = await MapPage.OpenAsync(cluster);
        await MapTown.ChooseAsync(map.Page, ns);
        await cluster.KubectlAsync("apply -f -", MapTown.Service(ns, "early", "app: none"));
        await Assertions.Expect(map.Thing($"service/{ns}/early")).ToBeVisibleAsync(Soon);
        // Other tests keep the machine busy: of a few changes most must be in time.
        var late = new List<double>();
        foreach (var name in new[] { "first", "second", "third", "fourth", "fifth" })
        {
            var drawn = map.Page.EvaluateAsync<double>("id => new Promise(seen => { const look = () => document.querySelector(`[data-id=\"${id}\"]`) ? seen(Date.now()) : requestAnimationFrame(look); look(); })", $"service/{ns}/{name}");
            await cluster.KubectlAsync("apply -f -", MapTown.Service(ns, name, "app: none"));
            // kubectl itself comes back some ten milliseconds after the write.
            var back = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMilliseconds;
            late.Add(await drawn.WaitAsync(TimeSpan.FromSeconds(10)) - back);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"drawn {string.Join(", ", late.Select(l => $"{l:0}"))} ms after kubectl was back");
        Assert.InRange(late.Order().ElementAt(2), double.MinValue, 500);
    }

    [Theory]
    [InlineData("map-closed-port", "80", "app: web", 81, "pod/")]
    [InlineData("map-selector", "80", "app: wbe", 80, "service/")]
    [InlineData("map-target", "81", "app: web", 80, "service/")]
    public async Task A_broken_way_shows_whose_fault_it_is(string name, string targetPort, string selector, int port, string kind)
    {
        var ns = await MapTown.WebAsync(cluster, name, selector, targetPort);
        await using var map = await MapPage.OpenAsync(cluster);
        await MapTown.ChooseAsync(map.Page, ns);
        var destination = kind == "pod/" ? $"pod/{ns}/web:{port}" : $"svc/{ns}/web:{port}";
        var (code, report) = await Explain.AskAsync(cluster, ns, $"pod/{ns}/client", destination);
        Assert.Equal(1, code);
        await map.AskAsync($"pod/{ns}/client", destination);
        await Assertions.Expect(map.Page.Locator(".verdict.bad")).ToBeVisibleAsync();
        await Assertions.Expect(map.Page.Locator(".culprit .object")).ToContainTextAsync("web");
        Assert.StartsWith(kind, Explain.Text(report, "culprit"), StringComparison.Ordinal);
        await Assertions.Expect(map.Page.Locator(".verdict p")).ToHaveTextAsync(Explain.Text(report, "why"));
        await Assertions.Expect(map.Page.Locator(".fix")).ToBeVisibleAsync();
        await Assertions.Expect(map.Thing($"{kind}{ns}/web")).ToHaveClassAsync(new System.Text.RegularExpressions.Regex(@"\bbad\b"));
        await Assertions.Expect(map.Page.Locator(".mark.bad")).ToHaveCountAsync(1);
        Assert.Equal(report.GetProperty("forward").GetArrayLength(), await map.Page.Locator(".mark").CountAsync());
    }

    [Fact]
    public async Task A_policys_drop_is_shown_and_goes_when_it_is_mended()
    {
        var ns = await MapTown.WebAsync(cluster, "map-policy");
        await cluster.KubectlAsync("apply -f -", MapTown.Closed(ns, "web", "Ingress"));
        await using var map = await MapPage.OpenAsync(cluster);
        await MapTown.ChooseAsync(map.Page, ns);
        // By two clicks.
        await map.Thing($"pod/{ns}/client").ClickAsync();
        await map.Thing($"service/{ns}/web").ClickAsync();
        await Assertions.Expect(map.Page.Locator(".verdict.bad strong")).ToHaveTextAsync("Dropped in silence", new() { Timeout = 20_000 });
        await Assertions.Expect(map.Page.Locator(".culprit .object b")).ToHaveTextAsync("closed");
        await Assertions.Expect(map.Page.Locator(".mark.bad .blame")).ToHaveTextAsync("closed");
        await Assertions.Expect(map.Page.Locator(".fix .yaml pre")).ToContainTextAsync("kind: NetworkPolicy");
        await Assertions.Expect(map.Page.Locator(".sides")).ToContainTextAsync("nothing");
        await map.Page.Locator(".hops li.bad .hop").ClickAsync();
        await Assertions.Expect(map.Page.Locator(".hopdetail")).ToContainTextAsync("vitrine-policy");
        // The page asks again by itself.
        await cluster.KubectlAsync($"delete networkpolicy closed -n {ns}");
        await Assertions.Expect(map.Page.Locator(".verdict.good")).ToBeVisibleAsync(Soon);
        await Assertions.Expect(map.Page.Locator(".mark.bad")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_broken_Ingress_shows_its_rule_and_those_that_lost()
    {
        var ns = await MapTown.WebAsync(cluster, "map-ingress");
        await cluster.KubectlAsync("apply -f -", MapTown.Ingress(ns, "map.example", $"{MapTown.Path("/", 80)},{MapTown.Path("/broken", 81)}"));
        await cluster.EventuallyAsync($"get ingress door -n {ns} -o jsonpath={{.status.loadBalancer.ingress[0].ip}}", o => o.Length > 0);
        await using var map = await MapPage.OpenAsync(cluster);
        await MapTown.ChooseAsync(map.Page, ns);
        await Assertions.Expect(map.Thing($"Ingress/{ns}/door")).ToContainTextAsync("map.example/broken");
        await map.AskAsync("host", "http://map.example/broken");
        await Assertions.Expect(map.Page.Locator(".verdict.bad")).ToBeVisibleAsync();
        await Assertions.Expect(map.Page.Locator(".culprit")).ToContainTextAsync("door");
        await Assertions.Expect(map.Page.Locator(".web .field").First).ToHaveTextAsync("spec.rules[0].http.paths[1]");
        await map.Page.Locator(".web details summary").First.ClickAsync();
        await Assertions.Expect(map.Page.Locator(".lostrules")).ToContainTextAsync("door");
    }

    [Fact]
    public async Task Hostile_names_are_text()
    {
        const string Hostile = "<img src=x onerror=\"window.struck=1\">";
        var ns = await cluster.NamespaceAsync("map-hostile");
        await cluster.KubectlAsync("apply -f -", $$$$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"hostile","namespace":"{{{{{ns}}}}}","annotations":{"note":"<img src=x onerror=\"window.struck=1\">"}},"spec":{"nodeSelector":{"nobody":"has"},"containers":[{"name":"main","image":"<img src=x onerror=\"window.struck=1\">","command":["</script><script>window.struck=1</script>"]}]}}""");
        await using var map = await MapPage.OpenAsync($"{await MapPage.LinkAsync(cluster)}#/pod?at=pod/{ns}/hostile&from=<img src=x onerror=window.struck=1>");
        await Assertions.Expect(map.Page.Locator("svg.inside")).ToContainTextAsync("<img src=x", new() { Timeout = 20_000 });
        await map.Page.Locator("summary", new() { HasTextString = "YAML" }).ClickAsync();
        await Assertions.Expect(map.Page.Locator(".yaml pre")).ToContainTextAsync(Hostile);
        Assert.Equal(0, await map.Page.Locator("img").CountAsync());
        Assert.True(await map.Page.EvaluateAsync<bool>("() => window.struck === undefined"));
    }

    [Fact]
    public async Task Everything_is_reached_by_the_keyboard()
    {
        var ns = await MapTown.WebAsync(cluster, "map-keys");
        await using var map = await MapPage.OpenAsync(cluster);
        await MapTown.ChooseAsync(map.Page, ns);
        var keys = map.Page.Keyboard;
        // As text: / leads to the question, arrows through what there is.
        await keys.PressAsync("Tab");
        await keys.PressAsync("/");
        await keys.TypeAsync($"pod/{ns}/client");
        await keys.PressAsync("ArrowDown");
        await keys.PressAsync("Enter");
        await keys.PressAsync("Tab");
        await keys.TypeAsync($"svc/{ns}/web");
        await keys.PressAsync("ArrowDown");
        await keys.PressAsync("Enter");
        await Assertions.Expect(map.Page.Locator(".verdict.good")).ToBeVisibleAsync(Soon);
        // On the map: one stop for all of it, then arrows, Enter, o and Escape.
        await map.Thing($"service/{ns}/web").FocusAsync();
        await keys.PressAsync("Escape");
        await Assertions.Expect(map.Page.Locator(".verdict")).ToHaveCountAsync(0);
        Assert.Equal(1, await map.Page.Locator("svg.canvas [tabindex=\"0\"]").CountAsync());
        await map.Page.Locator("svg.canvas [tabindex=\"0\"]").FocusAsync();
        await keys.PressAsync("Home");
        var seen = new HashSet<string?>();
        for (var i = 0; i < 4; i++)
        {
            await keys.PressAsync("ArrowDown");
            seen.Add(await map.Page.EvaluateAsync<string?>("() => document.activeElement?.getAttribute('data-id')"));
        }
        Assert.True(seen.Count > 1, $"arrow down led to {string.Join(", ", seen)}");
        await keys.PressAsync("Enter");
        await Assertions.Expect(map.Page.Locator(".objectpanel h2")).ToBeVisibleAsync(Soon);
        await keys.PressAsync("Escape");
        await Assertions.Expect(map.Page.Locator(".objectpanel")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_matrix_is_the_verbs_and_a_cell_leads_to_its_explanation()
    {
        var ns = await MapTown.WebAsync(cluster, "map-matrix");
        await cluster.KubectlAsync("apply -f -", MapTown.Closed(ns, "web", "Ingress"));
        await using var map = await MapPage.OpenAsync($"{await MapPage.LinkAsync(cluster)}#/map?ns={ns}");
        await map.Page.GotoAsync(map.Page.Url.Replace("#/map", "#/matrix", StringComparison.Ordinal));
        var cell = map.Page.Locator("button[aria-label^=\"client to web, tcp 80: no, NetworkPolicy/\"]");
        await Assertions.Expect(cell).ToHaveCountAsync(1, new() { Timeout = 20_000 });
        await cell.ClickAsync();
        await Assertions.Expect(map.Page.Locator(".verdict.bad strong")).ToHaveTextAsync("Dropped in silence", new() { Timeout = 20_000 });
    }
}
