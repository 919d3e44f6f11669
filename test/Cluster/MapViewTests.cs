using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>The page for every reader: on a phone, without colours, without motion, by the keyboard, and as a file for others.</summary>
public sealed class MapViewTests
{
    private const string Drop = "#/map?from=pod/default/client-far&to=http://redis-leader:6379&ns=default";

    [Theory]
    [InlineData("#/map", "redis-leader")]
    [InlineData("#/pod?at=pod/default/two-containers", "shared-data")]
    [InlineData("#/matrix", "frontend")]
    [InlineData("#/chapters?at=2", "redis-leader")]
    [InlineData(Drop, "redis-closed")]
    public async Task Any_view_is_saved_as_a_picture_that_needs_no_page(string view, string says)
    {
        await using var map = await MapPage.OpenSnapshotAsync(view);
        var svg = Encoding.UTF8.GetString(await map.SaveAsync("Save as SVG"));
        Assert.StartsWith("<svg", svg, StringComparison.Ordinal);
        Assert.Contains(says, svg, StringComparison.Ordinal);
        Assert.DoesNotContain("var(--", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("url(http", svg, StringComparison.Ordinal);
        var png = await map.SaveAsync("Save as PNG");
        Assert.Equal("\u0089PNG", Encoding.Latin1.GetString(png[..4]));
        // Two pixels for one of the drawing, where that is not too many.
        var width = double.Parse(Regex.Match(svg, " width=\"([0-9.]+)\"").Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), width * 1.9, width * 2.1);
        // The file is a picture by itself, without a script or a style of ours.
        var alone = await map.Page.Context.Browser!.NewPageAsync();
        await alone.SetContentAsync(svg);
        Assert.True((await alone.Locator("svg").BoundingBoxAsync())!.Width > 400);
        Assert.Equal(0, await alone.Locator("script, foreignObject, [href]").CountAsync());
    }

    [Fact]
    public async Task On_a_phone_nothing_is_wider_than_the_page_and_the_answer_is_a_sheet()
    {
        foreach (var view in new[] { "#/map", Drop, "#/matrix", "#/chapters?at=0", "#/pod?at=pod/default/two-containers" })
        {
            await using var map = await MapPage.OpenSnapshotAsync(view, width: 390);
            Assert.True(await map.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), view);
            if (view == Drop)
            {
                await Assertions.Expect(map.Page.Locator(".panel .verdict")).ToBeVisibleAsync();
                await map.Page.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
                await Assertions.Expect(map.Page.Locator(".panel")).ToHaveCountAsync(0);
                await Assertions.Expect(map.Page.Locator(".mark.bad")).ToBeVisibleAsync();
            }
        }
    }

    [Fact]
    public async Task Whoever_wants_no_motion_gets_none()
    {
        await using (var still = await MapPage.OpenSnapshotAsync(Drop))
            Assert.Equal(0, await still.Page.EvaluateAsync<int>("() => document.getAnimations().length"));
        await using var moving = await MapPage.OpenSnapshotAsync(Drop, moving: true);
        Assert.True(await moving.Page.EvaluateAsync<int>("() => document.getAnimations().length") > 0);
    }

    /// <summary>What is good and what is not differs by more than its colour: by its mark, by its line, by a word.</summary>
    [Fact]
    public async Task Nothing_is_told_by_colour_alone()
    {
        await using var map = await MapPage.OpenSnapshotAsync(Drop);
        var page = map.Page;
        Assert.Equal(0, await page.Locator(".mark.bad text:not(.blame)").CountAsync());
        Assert.Equal(1, await page.Locator(".mark.bad path").CountAsync());
        Assert.Equal(0, await page.Locator(".mark:not(.bad) path").CountAsync());
        Assert.NotEqual("none", await page.Locator(".trail .missed").EvaluateAsync<string>("e => getComputedStyle(e).strokeDasharray"));
        await page.GotoAsync(page.Url.Split('#')[0] + "#/matrix");
        await Assertions.Expect(page.Locator(".cell.no").First).ToBeVisibleAsync();
        var marks = await page.EvaluateAsync<string[]>("() => ['yes', 'no'].map(a => document.querySelector(`.cell.${a} path`).getAttribute('d'))");
        Assert.Equal(2, marks.Distinct().Count());
    }

    [Fact]
    public async Task The_matrix_is_walked_by_arrows_and_a_cell_is_explained_by_Enter()
    {
        await using var map = await MapPage.OpenSnapshotAsync("#/matrix");
        Assert.Equal(1, await map.Page.Locator(".cell[tabindex=\"0\"]").CountAsync());
        await map.Page.Locator(".cell[tabindex=\"0\"]").FocusAsync();
        var first = await Focused();
        await map.Page.Keyboard.PressAsync("ArrowRight");
        await map.Page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(map.Page.Locator(".cell:focus")).Not.ToHaveAttributeAsync("data-cell", first!);
        // To the column's last cell, which is not drawn before it is reached.
        for (var i = 0; i < 40; i++)
            await map.Page.Keyboard.PressAsync("ArrowDown");
        var rows = int.Parse((await map.Page.Locator(".matrix").GetAttributeAsync("aria-rowcount"))!, System.Globalization.CultureInfo.InvariantCulture) - 1;
        await Assertions.Expect(map.Page.Locator($"tr[aria-rowindex=\"{rows + 1}\"]")).ToBeVisibleAsync();
        // The focus follows the keys a picture later.
        await map.Page.WaitForFunctionAsync("() => { const place = e => e.dataset.cell.split(',').map(Number); if (!document.activeElement?.dataset.cell) return false; const [row, column] = place(document.activeElement); return [...document.querySelectorAll('.cell')].every(e => place(e)[0] <= row || place(e)[1] !== column); }");
        await Assertions.Expect(map.Page.Locator(".cell:focus")).ToHaveAttributeAsync("data-cell", new Regex($"^({rows - 1}|{rows - 2}),"));
        await map.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(map.Page.Locator(".problem, .verdict")).ToBeVisibleAsync();

        Task<string?> Focused() => map.Page.EvaluateAsync<string?>("() => document.activeElement?.getAttribute('data-cell')");
    }
}
