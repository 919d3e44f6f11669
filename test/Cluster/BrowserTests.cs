using Microsoft.Playwright;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>The guestbook as its visitors see it: a browser on the host, by the address of the LoadBalancer Service.</summary>
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
        var ns = await cluster.NamespaceAsync("browser");
        await cluster.KubectlAsync($"apply -n {ns} -f {Pods.ExamplePath("3-services", "guestbook.yaml")}");
        foreach (var deployment in new[] { "redis-leader", "redis-follower", "frontend" })
        {
            await cluster.KubectlAsync($"rollout status deployment/{deployment} -n {ns} --timeout=90s", limit: TimeSpan.FromSeconds(100));
        }

        var address = await cluster.EventuallyAsync($"get service frontend -n {ns} -o jsonpath={{.status.loadBalancer.ingress[0].ip}}", o => o.Length > 0);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = "/usr/bin/chromium", Args = Arguments });
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"http://{address}/");
        Assert.Equal("Guestbook", await page.TitleAsync());
        await page.Locator("#message").FillAsync("seen through the glass");
        var answered = page.WaitForResponseAsync(r => r.Url.Contains("cmd=set", StringComparison.Ordinal));
        await page.Locator("button").ClickAsync();
        Assert.True((await answered).Ok, await (await answered).TextAsync());

        // Every follower has it, before a page is asked for that one of them answers.
        var followers = (await cluster.KubectlAsync($"get pods -n {ns} -l role=follower -o jsonpath={{.items[*].metadata.name}}")).Split(' ');
        Assert.Equal(2, followers.Length);
        foreach (var follower in followers)
        {
            await cluster.EventuallyAsync($"exec -n {ns} {follower} -- redis-cli get messages", o => o.Contains("seen through the glass", StringComparison.Ordinal));
            Assert.Contains("role:slave", await cluster.KubectlAsync($"exec -n {ns} {follower} -- redis-cli info replication"), StringComparison.Ordinal);
        }

        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#messages li")).ToHaveTextAsync(["seen through the glass"]);
        Assert.Equal("", await page.Locator("#error").TextContentAsync());
    }
}
