using Microsoft.Playwright;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>The chapters by their buttons, as a reader follows them on a cluster of their own: each step waits for what the cluster says.</summary>
[Collection(nameof(IngressTraffic))]
public sealed class MapTourTests(ThreeNodes cluster)
{
    private const int Patience = 90_000;

    [Fact]
    public async Task All_chapters_are_applied_looked_at_broken_and_mended()
    {
        await using var map = await MapPage.OpenAsync($"{await MapPage.LinkAsync(cluster, "--allow-apply")}#/chapters?at=0");
        try
        {
            foreach (var (chapter, steps) in new[] { 4, 4, 4, 5, 3 }.Index())
            {
                await map.Page.Locator("nav.chapters button").Nth(chapter).ClickAsync();
                await Assertions.Expect(map.Page.Locator(".steps li")).ToHaveCountAsync(steps);
                for (var step = await map.Page.Locator(".steps li.done").CountAsync(); step < steps; step = await map.Page.Locator(".steps li.done").CountAsync())
                    await FollowAsync(map.Page, chapter, step);
            }
        }
        finally
        {
            await cluster.TryAsync("delete networkpolicy --all --wait=false");
            await cluster.TryAsync("delete ingress guestbook --wait=false");
            await cluster.TryAsync("delete ingress shop -n sock-shop --wait=false");
            await cluster.TryAsync("delete deployment,service -l tier --wait=false");
            await cluster.TryAsync("delete pod two-containers port-clash over-localhost server client-near client-far --grace-period=1 --wait=false");
        }
    }

    private static async Task FollowAsync(IPage page, int chapter, int step)
    {
        var item = page.Locator(".steps li").Nth(step);
        var text = await item.Locator("p").InnerTextAsync();
        foreach (var button in new[] { "Apply", "Delete" })
            if (item.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }) is var found && await found.CountAsync() > 0)
                await found.ClickAsync();
        if (item.GetByRole(AriaRole.Button, new() { Name = "Ask", Exact = true }) is var asks && await asks.CountAsync() > 0)
            await asks.ClickAsync(new() { Timeout = Patience });
        try
        {
            await Assertions.Expect(item).ToHaveClassAsync(new System.Text.RegularExpressions.Regex(@"\bdone\b"), new() { Timeout = Patience });
        }
        catch (PlaywrightException e)
        {
            Assert.Fail($"chapter {chapter + 1}, step {step + 1} ({text}): {await page.Locator(".panel").InnerTextAsync()}\n{e.Message}");
        }
    }
}
