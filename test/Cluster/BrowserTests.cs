using Microsoft.Playwright;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>The applications as their visitors see them: a browser on the host, by the address of a LoadBalancer Service or of Ingresses.</summary>
[Collection(nameof(IngressTraffic))]
public sealed class BrowserTests(ThreeNodes cluster)
{
    // No sandbox, because root has none; and nothing that calls home.
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--no-proxy-server", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    [Fact]
    public async Task A_browser_signs_the_guestbook_and_reads_the_entry_back_from_a_follower()
    {
        var ns = await GuestbookAsync("browser");
        var address = await cluster.EventuallyAsync($"get service frontend -n {ns} -o jsonpath={{.status.loadBalancer.ingress[0].ip}}", o => o.Length > 0);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = "/usr/bin/chromium", Args = Arguments });
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"http://{address}/");
        Assert.Equal("Guestbook", await page.TitleAsync());
        await SignAsync(page, "seen through the glass");

        // Every follower has it, before a page is asked for that one of them answers.
        var followers = (await cluster.KubectlAsync($"get pods -n {ns} -l role=follower -o jsonpath={{.items[*].metadata.name}}")).Split(' ');
        Assert.Equal(2, followers.Length);
        foreach (var follower in followers)
        {
            await cluster.EventuallyAsync($"exec -n {ns} {follower} -- redis-cli get messages", o => o.Contains("seen through the glass", StringComparison.Ordinal));
            Assert.Contains("role:slave", await cluster.KubectlAsync($"exec -n {ns} {follower} -- redis-cli info replication"), StringComparison.Ordinal);
        }

        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#messages li").Last).ToHaveTextAsync("seen through the glass");
        Assert.Equal("", await page.Locator("#error").TextContentAsync());
    }

    [Fact]
    public async Task A_browser_goes_by_one_address_to_the_shop_by_TLS_and_to_the_guestbook()
    {
        var ns = await GuestbookAsync("browser-shop");
        await SockShop.OpenAsync(cluster);
        using var certificate = new TestCertificate("socks.example", "*.socks.example");
        await certificate.StoreAsync(cluster, SockShop.Namespace, "shop-tls");
        // Under names of its own: other tests give rules to the example's.
        await cluster.KubectlAsync("apply -f -", Pods.Example("4-ingress", "tls.yaml").Replace("name: shop\n", "name: shop-by-tls\n", StringComparison.Ordinal).Replace("shop.example", "socks.example", StringComparison.Ordinal));
        await cluster.KubectlAsync("apply -f -", Pods.Example("4-ingress", "hosts.yaml").Split("---\n")[0].Replace("namespace: default\n", $"namespace: {ns}\n", StringComparison.Ordinal));
        var address = await cluster.EventuallyAsync($"get ingress shop-by-tls -n {SockShop.Namespace} -o jsonpath={{.status.loadBalancer.ingress[0].ip}}", o => o.Length > 0);
        Assert.Equal(address, await cluster.EventuallyAsync($"get ingress guestbook -n {ns} -o jsonpath={{.status.loadBalancer.ingress[0].ip}}", o => o.Length > 0));
        foreach (var url in new[] { "https://socks.example/", "http://guestbook.example/" })
        {
            await TestCluster.EventuallyAsync(async () => (await Shell.RunAsync("curl", ["--noproxy", "*", "-sfk", "-m", "2", "--connect-to", $"::{address}:", url])).ExitCode == 0, $"{url} answers");
        }

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = "/usr/bin/chromium", Args = [.. Arguments, $"--host-resolver-rules=MAP *.example {address}"] });
        await using var visit = await browser.NewContextAsync(new BrowserNewContextOptions { IgnoreHTTPSErrors = true });
        var page = await visit.NewPageAsync();
        // Asked for plainly, it is sent on to https.
        var shown = await page.GotoAsync("http://socks.example/");
        Assert.Equal("https://socks.example/", page.Url);
        Assert.Equal("socks.example", (await shown!.SecurityDetailsAsync())?.SubjectName);
        Assert.Equal("Sock Shop", await page.TitleAsync());
        await Assertions.Expect(page.Locator("#socks li")).ToHaveCountAsync(5);
        await Assertions.Expect(page.Locator("#socks")).ToContainTextAsync("Figueroa");
        Assert.Equal("", await page.Locator("#error").TextContentAsync());

        await page.GotoAsync("http://guestbook.example/");
        Assert.Equal("Guestbook", await page.TitleAsync());
        await SignAsync(page, "one address for both");
        await Assertions.Expect(page.Locator("#messages li").Last).ToHaveTextAsync("one address for both");
        Assert.Equal("", await page.Locator("#error").TextContentAsync());
    }

    /// <summary>The whole guestbook, ready.</summary>
    private async Task<string> GuestbookAsync(string name)
    {
        var ns = await cluster.NamespaceAsync(name);
        await cluster.KubectlAsync($"apply -n {ns} -f {Pods.ExamplePath("3-services", "guestbook.yaml")}");
        foreach (var deployment in new[] { "redis-leader", "redis-follower", "frontend" })
        {
            await cluster.KubectlAsync($"rollout status deployment/{deployment} -n {ns} --timeout=90s", limit: TimeSpan.FromSeconds(100));
        }

        return ns;
    }

    private static async Task SignAsync(IPage page, string text)
    {
        await page.Locator("#message").FillAsync(text);
        var answered = page.WaitForResponseAsync(r => r.Url.Contains("cmd=set", StringComparison.Ordinal));
        await page.Locator("button").ClickAsync();
        Assert.True((await answered).Ok, await (await answered).TextAsync());
    }
}
