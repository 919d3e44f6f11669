using Vitrine.Agent.Pods;
using Xunit;

namespace Vitrine.Unit.Agent.Pods;

public sealed class BackOffTests
{
    private static readonly DateTimeOffset Start = PodBuilder.Now;

    [Fact]
    public void Delays_double_from_ten_seconds_to_five_minutes()
    {
        var backOff = new BackOff();
        var seen = new List<double>();
        for (var i = 0; i < 7; i++)
        {
            backOff.Next("a", Start);
            seen.Add(backOff.Delay("a").TotalSeconds);
        }

        Assert.Equal([10, 20, 40, 80, 160, 300, 300], seen);
    }

    [Fact]
    public void Ten_quiet_minutes_reset_the_delay()
    {
        var backOff = new BackOff();
        backOff.Next("a", Start);
        backOff.Next("a", Start);
        backOff.Next("a", Start.AddMinutes(10).AddSeconds(1));
        Assert.Equal(BackOff.First, backOff.Delay("a"));
    }

    [Fact]
    public void A_container_that_ran_for_long_restarts_at_once()
    {
        var backOff = new BackOff();
        backOff.Next("a", Start);
        Assert.Equal(Start.AddHours(1), backOff.NotBefore("a", Start.AddHours(1)));
        Assert.Equal(Start.AddSeconds(11), backOff.NotBefore("a", Start.AddSeconds(1)));
    }

    [Fact]
    public void Keys_do_not_share_delays()
    {
        var backOff = new BackOff();
        backOff.Next("a", Start);
        Assert.Equal(TimeSpan.Zero, backOff.Delay("b"));
    }
}
