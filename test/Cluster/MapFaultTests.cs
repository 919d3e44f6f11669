using Microsoft.Playwright;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>Everything the chapters break: the page says of it what explain says, and shows the culprit.</summary>
public sealed class MapFaultTests(ThreeNodes cluster)
{
    [Theory]
    [InlineData("map-fault-gone", "pod/{ns}/gone:80")]
    [InlineData("map-fault-name", "http://wbe")]
    [InlineData("map-fault-egress", "svc/{ns}/web:80")]
    [InlineData("map-fault-secret", "https://map-fault.example/")]
    public async Task Whose_fault_it_is_is_what_explain_says(string name, string to)
    {
        var ns = await MapTown.WebAsync(cluster, name);
        to = to.Replace("{ns}", ns, StringComparison.Ordinal);
        var from = $"pod/{ns}/client";
        if (name.EndsWith("egress", StringComparison.Ordinal))
        {
            await cluster.KubectlAsync($"label pod client -n {ns} app=client --overwrite");
            await cluster.KubectlAsync("apply -f -", MapTown.Closed(ns, "client", "Egress"));
        }
        if (to.StartsWith("https", StringComparison.Ordinal))
        {
            from = "host";
            await cluster.KubectlAsync("apply -f -", MapTown.Ingress(ns, "map-fault.example", MapTown.Path("/", 80), "\"tls\":[{\"hosts\":[\"map-fault.example\"],\"secretName\":\"absent\"}],"));
            await cluster.EventuallyAsync($"get ingress door -n {ns} -o jsonpath={{.status.loadBalancer.ingress[0].ip}}", o => o.Length > 0);
        }
        await using var map = await MapPage.OpenAsync(cluster);
        await MapTown.ChooseAsync(map.Page, ns);
        // A name is one of the asker's namespace, here as there.
        var (code, report) = await Explain.AskAsync(cluster, "default", from, to);
        Assert.Equal(1, code);
        await map.AskAsync(from, to);
        await Assertions.Expect(map.Page.Locator(".verdict.bad")).ToBeVisibleAsync();
        await Assertions.Expect(map.Page.Locator(".verdict p")).ToHaveTextAsync(Explain.Text(report, "why"));
        var culprit = Explain.Text(report, "culprit");
        if (culprit.Length > 0)
            await Assertions.Expect(map.Page.Locator(".culprit .object b")).ToHaveTextAsync(culprit.Split('/')[^1]);
        if (Explain.Text(report, "fix").Length > 0)
            await Assertions.Expect(map.Page.Locator(".fix")).ToBeVisibleAsync();
        if (report.GetProperty("forward").GetArrayLength() > 0)
            await Assertions.Expect(map.Page.Locator(".mark")).Not.ToHaveCountAsync(0);
        else
            Assert.Equal(0, await map.Page.Locator(".mark").CountAsync());
    }
}
