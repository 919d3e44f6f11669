using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>What moves on the map: connections as they begin and as they stand, requests by the gateway, and the routes between nodes.</summary>
public sealed class MapFlowTests(ThreeNodes cluster)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 20_000 };

    [Fact]
    public async Task Connections_are_seen_as_they_come()
    {
        var ns = await MapTown.WebAsync(cluster, "map-flows");
        await using var map = await MapPage.OpenAsync(cluster);
        await cluster.InPodAsync(ns, "client", $"for i in 1 2 3 4 5 6 7 8; do curl -s -m 1 -o /dev/null http://web; sleep 0.3; done");
        await Assertions.Expect(map.Page.Locator(".streams li", new() { HasTextString = "client → web" }).First).ToBeVisibleAsync(Soon);
    }

    [Fact]
    public async Task A_connection_that_stands_has_its_rate_and_its_Service()
    {
        var ns = await MapTown.WebAsync(cluster, "map-rates");
        await using var map = await MapPage.OpenAsync(await MapPage.LinkAsync(cluster), moving: true);
        await MapTown.ChooseAsync(map.Page, ns);
        await Assertions.Expect(map.Page.Locator("[data-route=\"node/node-2\"]")).ToHaveTextAsync($"{await cluster.KubectlAsync("get node node-2 -o jsonpath={.spec.podCIDR}")} via {await cluster.KubectlAsync("get node node-2 -o jsonpath={.status.addresses[0].address}")}", new() { Timeout = 20_000 });
        // One connection, ten requests a second.
        var asking = cluster.InPodAsync(ns, "client", "curl -s --rate 600/m -o /dev/null 'http://web/?[1-250]'");
        await map.Thing($"pod/{ns}/client").ClickAsync();
        var stream = map.Page.Locator(".objectpanel .streams li", new() { HasTextString = "client → web" });
        await Assertions.Expect(stream.Locator("b")).ToHaveTextAsync(new Regex("^[0-9.]+ k?B/s$"), new() { Timeout = 20_000 });
        await Assertions.Expect(stream.Locator("em")).ToHaveTextAsync("as web, 1 open");
        await Assertions.Expect(map.Page.Locator($"[data-rate=\"service/{ns}/web\"]")).ToHaveTextAsync(new Regex("B/s$"));
        Assert.True(await map.Page.Locator(".threads path").CountAsync() > 0);
        await map.Page.WaitForFunctionAsync("() => document.querySelectorAll('.lights .light').length > 0");
        await asking;
    }

    [Fact]
    public async Task Requests_by_the_gateway_are_counted_where_they_go()
    {
        var ns = await MapTown.WebAsync(cluster, "map-requests");
        await cluster.KubectlAsync("apply -f -", MapTown.Ingress(ns, "map-requests.example", MapTown.Path("/", 80)));
        var address = await cluster.EventuallyAsync($"get ingress door -n {ns} -o jsonpath={{.status.loadBalancer.ingress[0].ip}}", o => o.Length > 0);
        await using var map = await MapPage.OpenAsync(cluster);
        await MapTown.ChooseAsync(map.Page, ns);
        await Assertions.Expect(map.Thing($"Ingress/{ns}/door")).ToBeVisibleAsync(Soon);
        var asking = Shell.RunAsync("curl", ["--noproxy", "*", "-s", "--rate", "600/m", "-o", "/dev/null", "--connect-to", $"::{address}:", "http://map-requests.example/?[1-200]"], limit: TimeSpan.FromMinutes(1));
        await Assertions.Expect(map.Page.Locator($"[data-rate=\"Ingress/{ns}/door\"]")).ToHaveTextAsync(new Regex("^[0-9.]+ req/s$"), new() { Timeout = 20_000 });
        await Assertions.Expect(map.Page.Locator(".streams li", new() { HasTextString = "door → web" })).ToBeVisibleAsync(Soon);
        await asking;
    }

    [Fact]
    public async Task A_node_shows_its_namespaces_routes_links_and_tables()
    {
        var ns = await MapTown.WebAsync(cluster, "map-node");
        await using var map = await MapPage.OpenAsync($"{await MapPage.LinkAsync(cluster)}#/map?from=node/node-2");
        var panel = map.Page.Locator(".objectpanel");
        await Assertions.Expect(panel.Locator(".tables")).ToContainTextAsync("inet vitrine-policy", new() { Timeout = 20_000 });
        await Assertions.Expect(panel.Locator(".tables")).ToContainTextAsync("vitrine-services");
        await Assertions.Expect(panel.Locator(".ways")).ToContainTextAsync("node-3");
        await Assertions.Expect(panel.Locator(".ways")).ToContainTextAsync("on the link");
        await Assertions.Expect(panel.Locator(".routes")).ToContainTextAsync((await cluster.AddressesAsync(ns, "web"))[0]);
        await panel.Locator("summary", new() { HasTextString = "namespaces" }).ClickAsync();
        await panel.Locator(".namespaces button", new() { HasTextString = $"{ns}/web" }).ClickAsync();
        await Assertions.Expect(panel.Locator("h2")).ToHaveTextAsync("web");
    }
}
