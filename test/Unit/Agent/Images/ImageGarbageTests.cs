using Vitrine.Agent.Images;
using Vitrine.Unit.Agent.Pods;
using Xunit;

namespace Vitrine.Unit.Agent.Images;

public sealed class ImageGarbageTests
{
    private static readonly DateTimeOffset Now = PodBuilder.Now;

    [Fact]
    public void The_longest_unused_go_first_until_enough_is_free() =>
        Assert.Equal(["old", "older-but-used-later"], Plan(150, Image("older-but-used-later", 100, 30, 10), Image("old", 100, 20, 15), Image("new", 100, 10, 5)));

    [Fact]
    public void What_runs_stays_and_so_does_what_came_just_now() =>
        Assert.Empty(Plan(long.MaxValue, Image("running", 100, 30, 30, inUse: true), Image("just-pulled", 100, 1, 1)));

    [Fact]
    public void Nothing_goes_when_nothing_is_wanted() => Assert.Empty(Plan(0, Image("old", 100, 20, 20)));

    private static IEnumerable<string> Plan(long wanted, params ImageUse[] images) => ImageGarbagePlan.Compute(images, wanted, Now.AddMinutes(-2)).Select(i => i.Id);

    private static ImageUse Image(string id, long bytes, int firstMinutesAgo, int lastMinutesAgo, bool inUse = false) => new(id, bytes, inUse, Now.AddMinutes(-firstMinutesAgo), Now.AddMinutes(-lastMinutesAgo));
}
