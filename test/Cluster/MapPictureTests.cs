using Microsoft.Playwright;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>
/// The page of a snapshot against pictures that somebody looked at and found good: Golden/Map. With VITRINE_REGENERATE=1 they are taken anew, and those of docs/ with them.
/// The snapshot is of a real cluster, by <c>vitrine map --static</c>.
/// </summary>
public sealed class MapPictureTests
{
    /// <summary>How many of a picture's pixels may differ: another browser draws edges and letters a little otherwise.</summary>
    private const double Tolerance = 0.02;

    [Theory]
    [InlineData("cluster", "#/map", false)]
    [InlineData("pod", "#/pod?at=pod/default/two-containers", false)]
    [InlineData("service-path", "#/map?from=pod/default/client-far&to=svc/default/frontend:80&ns=default", false)]
    [InlineData("policy-drop", "#/map?from=pod/default/client-far&to=http://redis-leader:6379&ns=default", false)]
    [InlineData("request", "#/map?from=host&to=http://shop.example/cart", false)]
    [InlineData("matrix", "#/matrix", false)]
    [InlineData("policy-drop-dark", "#/map?from=pod/default/client-far&to=http://redis-leader:6379&ns=default", true)]
    public async Task A_view_looks_as_it_did(string name, string view, bool dark)
    {
        await using var map = await MapPage.OpenSnapshotAsync(view, dark);
        var picture = Path.Combine(MapPage.Golden, $"{name}.png");
        var shot = await map.Page.ScreenshotAsync(new PageScreenshotOptions { Animations = ScreenshotAnimations.Disabled });
        if (Environment.GetEnvironmentVariable("VITRINE_REGENERATE") == "1")
        {
            await File.WriteAllBytesAsync(picture, shot, TestContext.Current.CancellationToken);
            File.Copy(picture, Path.Combine(Pods.ExamplePath("..", "docs"), "map", $"{name}.png"), overwrite: true);
        }
        var differs = await DifferenceAsync(map.Page, shot, await File.ReadAllBytesAsync(picture, TestContext.Current.CancellationToken));
        if (differs > Tolerance)
        {
            var kept = Path.Combine(Path.GetTempPath(), $"vitrine-map-{name}.png");
            await File.WriteAllBytesAsync(kept, shot, TestContext.Current.CancellationToken);
            Assert.Fail($"{differs:P1} of {name}.png differ; what is drawn now is in {kept}. Look at it, and if it is good: VITRINE_REGENERATE=1");
        }
    }

    /// <summary>Of a page of its own, since the map's runs no scripts but its own: the part of pixels that differ visibly, 1 where the sizes do.</summary>
    private static async Task<double> DifferenceAsync(IPage page, byte[] one, byte[] other)
    {
        var blank = await page.Context.Browser!.NewPageAsync();
        return await blank.EvaluateAsync<double>("""
            async ([a, b]) => {
              const pixels = async data => {
                const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
                const draw = new OffscreenCanvas(image.width, image.height).getContext('2d');
                draw.drawImage(image, 0, 0);
                return draw.getImageData(0, 0, image.width, image.height);
              };
              const [x, y] = [await pixels(a), await pixels(b)];
              if (x.width !== y.width || x.height !== y.height) return 1;
              let differs = 0;
              for (let i = 0; i < x.data.length; i += 4)
                if (Math.max(...[0, 1, 2].map(c => Math.abs(x.data[i + c] - y.data[i + c]))) > 48) differs++;
              return differs / (x.data.length / 4);
            }
            """, new[] { Convert.ToBase64String(one), Convert.ToBase64String(other) });
    }
}
