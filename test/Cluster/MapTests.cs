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
        await ChooseAsync(map.Page, ns);
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
        await ChooseAsync(map.Page, ns);
        await cluster.KubectlAsync("apply -f -", Service(ns, "early", "app: none"));
        await Assertions.Expect(map.Thing($"service/{ns}/early")).ToBeVisibleAsync(Soon);
        var drawn = map.Page.EvaluateAsync<double>("id => new Promise(seen => { const look = () => document.querySelector(`[data-id=\"${id}\"]`) ? seen(Date.now()) : requestAnimationFrame(look); look(); })", $"service/{ns}/late");
        await cluster.KubectlAsync("apply -f -", Service(ns, "late", "app: none"));
        var back = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMilliseconds;
        var seen = await drawn.WaitAsync(TimeSpan.FromSeconds(10));
        // kubectl itself comes back some ten milliseconds after the write.
        TestContext.Current.TestOutputHelper?.WriteLine($"drawn {seen - back:0} ms after kubectl was back");
    }

    [Theory]
    [InlineData("map-closed-port", "80", "app: web", 81, "pod/")]
    [InlineData("map-selector", "80", "app: wbe", 80, "service/")]
    [InlineData("map-target", "81", "app: web", 80, "service/")]
    public async Task A_broken_way_shows_whose_fault_it_is(string name, string targetPort, string selector, int port, string kind)
    {
        var ns = await WebAsync(name, selector, targetPort);
        await using var map = await MapPage.OpenAsync(cluster);
        await ChooseAsync(map.Page, ns);
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
        var ns = await WebAsync("map-policy", "app: web", "80");
        await cluster.KubectlAsync("apply -f -", $$$$$"""{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"closed","namespace":"{{{{{ns}}}}}"},"spec":{"podSelector":{"matchLabels":{"app":"web"}},"policyTypes":["Ingress"]}}""");
        await using var map = await MapPage.OpenAsync(cluster);
        await ChooseAsync(map.Page, ns);
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
        var ns = await WebAsync("map-ingress", "app: web", "80");
        await cluster.KubectlAsync("apply -f -", $$$$$"""
            {"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"door","namespace":"{{{{{ns}}}}}"},"spec":{"ingressClassName":"vitrine","rules":[{"host":"map.example","http":{"paths":[
            {"path":"/","pathType":"Prefix","backend":{"service":{"name":"web","port":{"number":80}}}},{"path":"/broken","pathType":"Prefix","backend":{"service":{"name":"web","port":{"number":81}}}}]}}]}}
            """);
        await cluster.EventuallyAsync($"get ingress door -n {ns} -o jsonpath={{.status.loadBalancer.ingress[0].ip}}", o => o.Length > 0);
        await using var map = await MapPage.OpenAsync(cluster);
        await ChooseAsync(map.Page, ns);
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
        var ns = await WebAsync("map-keys", "app: web", "80");
        await using var map = await MapPage.OpenAsync(cluster);
        await ChooseAsync(map.Page, ns);
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
        var ns = await WebAsync("map-matrix", "app: web", "80");
        await cluster.KubectlAsync("apply -f -", $$$$$"""{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"closed","namespace":"{{{{{ns}}}}}"},"spec":{"podSelector":{"matchLabels":{"app":"web"}},"policyTypes":["Ingress"]}}""");
        await using var map = await MapPage.OpenAsync($"{await MapPage.LinkAsync(cluster)}#/map?ns={ns}");
        await map.Page.GotoAsync(map.Page.Url.Replace("#/map", "#/matrix", StringComparison.Ordinal));
        var cell = map.Page.Locator("button[aria-label^=\"client to web, tcp 80: no, NetworkPolicy/\"]");
        await Assertions.Expect(cell).ToHaveCountAsync(1, new() { Timeout = 20_000 });
        await cell.ClickAsync();
        await Assertions.Expect(map.Page.Locator(".verdict.bad strong")).ToHaveTextAsync("Dropped in silence", new() { Timeout = 20_000 });
    }

    [Fact]
    public async Task Connections_are_seen_as_they_come()
    {
        var ns = await WebAsync("map-flows", "app: web", "80");
        await using var map = await MapPage.OpenAsync(cluster);
        await cluster.InPodAsync(ns, "client", $"for i in 1 2 3 4 5 6 7 8; do curl -s -m 1 -o /dev/null http://web; sleep 0.3; done");
        await Assertions.Expect(map.Page.Locator(".streams li", new() { HasTextString = "client → web" }).First).ToBeVisibleAsync(Soon);
    }

    [Fact]
    public async Task Whoever_may_apply_follows_a_chapter_by_its_buttons()
    {
        await using var map = await MapPage.OpenAsync($"{await MapPage.LinkAsync(cluster, "--allow-apply")}#/chapters?at=0");
        try
        {
            await map.Page.GetByRole(AriaRole.Button, new() { Name = "Apply", Exact = true }).First.ClickAsync();
            await Assertions.Expect(map.Page.Locator(".steps li.done")).ToHaveCountAsync(2, new() { Timeout = 60_000 });
            await map.Page.GetByRole(AriaRole.Button, new() { Name = "Go in" }).ClickAsync();
            await Assertions.Expect(map.Page.Locator("svg.inside")).ToContainTextAsync("shared-data");
        }
        finally
        {
            await cluster.TryAsync("delete pod two-containers --grace-period=1 --wait=false");
        }
    }

    private static async Task ChooseAsync(IPage page, string ns) => await page.Locator(".ns select").SelectOptionAsync(ns);

    /// <summary>A server and a client on different nodes, and a Service.</summary>
    private async Task<string> WebAsync(string name, string selector, string targetPort)
    {
        var ns = await cluster.NamespaceAsync(name);
        await cluster.KubectlAsync("apply -f -", $$$$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"{{{{{ns}}}}}","labels":{"app":"web"}},"spec":{"nodeName":"node-2","terminationGracePeriodSeconds":1,"containers":[{"name":"main","image":"nginx","ports":[{"containerPort":80}]}]}}""");
        await cluster.PodAsync(ns, "client", "node-3");
        await cluster.KubectlAsync($"wait -n {ns} pod/web --for=condition=Ready --timeout=60s", limit: TimeSpan.FromSeconds(70));
        await cluster.KubectlAsync("apply -f -", Service(ns, "web", selector, targetPort));
        return ns;
    }

    private static string Service(string ns, string name, string selector, string targetPort = "80") =>
        $"---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: {ns}}}\nspec: {{selector: {{{selector}}}, ports: [{{port: 80, targetPort: {targetPort}}}]}}\n";
}
