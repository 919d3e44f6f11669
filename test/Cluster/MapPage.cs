using Microsoft.Playwright;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>The map of a cluster in a browser, by a link of its own. Whatever the page complains of fails the test.</summary>
internal sealed class MapPage(IPlaywright playwright, IBrowser browser, IPage page, List<string> complaints) : IAsyncDisposable
{
    private static readonly string[] Arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--no-proxy-server", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--font-render-hinting=none"];

    public IPage Page => page;

    public static async Task<string> LinkAsync(TestCluster cluster, params string[] more)
    {
        var said = await Shell.RunAsync(TestCluster.Vitrine, ["map", "--name", cluster.Name, .. more]);
        Assert.True(said.ExitCode == 0, said.All);
        return said.Output.Trim();
    }

    /// <param name="url">with the view behind #</param>
    /// <param name="waitFor">what tells that the view is there</param>
    /// <param name="dark">the reader likes it dark</param>
    /// <param name="moving">the reader does not mind what moves</param>
    /// <param name="width">pixels; a phone's are few</param>
    /// <param name="before">what is done to the page before it is asked for</param>
    public static async Task<MapPage> OpenAsync(string url, string waitFor = "svg.canvas .node, svg.inside, .matrix", bool dark = false, bool moving = false, int width = 1440, Func<IPage, Task>? before = null)
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = "/usr/bin/chromium", Args = Arguments });
        var page = await browser.NewPageAsync(new BrowserNewPageOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 900 }, ReducedMotion = moving ? ReducedMotion.NoPreference : ReducedMotion.Reduce, ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
        });
        var complaints = new List<string>();
        page.PageError += (_, e) => complaints.Add(e);
        page.Console += (_, m) =>
        {
            // A violated content policy is told here too. Answers that explain why there is none are no complaint.
            if (m.Type == "error" && !m.Text.Contains("status of 422", StringComparison.Ordinal))
                complaints.Add(m.Text);
        };
        if (before is not null)
            await before(page);
        await page.GotoAsync(url);
        await Assertions.Expect(page.Locator(waitFor).First).ToBeAttachedAsync(new LocatorAssertionsToBeAttachedOptions { Timeout = 15_000 });
        return new MapPage(playwright, browser, page, complaints);
    }

    public static Task<MapPage> OpenAsync(TestCluster cluster) => LinkAsync(cluster).ContinueWith(l => OpenAsync(l.Result), TaskScheduler.Default).Unwrap();

    /// <summary>The page of the snapshot that is kept with the golden pictures: no cluster answers it.</summary>
    /// <param name="view">as behind the #</param>
    /// <param name="dark">the reader likes it dark</param>
    /// <param name="moving">the reader does not mind what moves</param>
    /// <param name="width">pixels</param>
    public static async Task<MapPage> OpenSnapshotAsync(string view, bool dark = false, bool moving = false, int width = 1440)
    {
        var folder = Directory.CreateTempSubdirectory("vitrine-map-");
        try
        {
            var written = await Shell.RunAsync(TestCluster.Vitrine, ["map", "--static", folder.FullName, "--snapshot", Path.Combine(Golden, "snapshot.json")]);
            Assert.True(written.ExitCode == 0, written.All);
            var map = await OpenAsync($"file://{folder.FullName}/index.html{view}", waitFor: view.StartsWith("#/pod", StringComparison.Ordinal) ? ".inside .chip" : view.StartsWith("#/matrix", StringComparison.Ordinal) ? ".cell" : ".node", dark, moving, width);
            await map.Page.WaitForFunctionAsync("() => document.fonts.status === 'loaded'");
            if (view.Contains("to=", StringComparison.Ordinal))
                await Assertions.Expect(map.Page.Locator(".verdict")).ToBeVisibleAsync();
            return map;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Golden pictures, and the snapshot they are of.</summary>
    public static string Golden { get; } = Path.GetFullPath(Path.Combine(Pods.ExamplePath("..", "test"), "Cluster", "Golden", "Map"));

    /// <summary>What a button of the share menu saves.</summary>
    public async Task<byte[]> SaveAsync(string button)
    {
        await page.Locator(".menu summary").ClickAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync());
        return await File.ReadAllBytesAsync(await download.PathAsync());
    }

    public ILocator Thing(string id) => page.Locator($"[data-id=\"{id}\"]");

    /// <summary>Two clicks, as far as typing is: the question as text.</summary>
    public async Task AskAsync(string from, string to)
    {
        await page.Locator("#ask-from").FillAsync(from);
        await page.Locator("#ask-to").FillAsync(to);
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Button, new() { Name = "Explain", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator(".verdict")).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = 20_000 });
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
        Assert.Empty(complaints);
    }
}
