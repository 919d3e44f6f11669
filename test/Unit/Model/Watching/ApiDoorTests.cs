using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Vitrine.Model.Watching;
using Xunit;

namespace Vitrine.Unit.Model.Watching;

public sealed class ApiDoorTests
{
    private readonly ApiDoor door = new(TimeProvider.System);
    private int asked, atOnce, most;
    private volatile bool away = true;

    [Fact]
    public async Task While_the_API_is_away_one_of_many_asks_at_a_time_and_all_go_on_when_it_is_back()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<HttpRequestException>(() => door.SendAsync(Send, stop.Token));
        (asked, most) = (0, 0);
        var waiting = Enumerable.Range(0, 40).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                try
                {
                    return (await door.SendAsync(Send, stop.Token)).StatusCode;
                }
                catch (HttpRequestException)
                {
                    // Again.
                }
            }
        })).ToArray();
        await Task.Delay(TimeSpan.FromSeconds(2), stop.Token);
        // Pauses of 50, 100, 200 … ms, the first half as long: not forty in each.
        Assert.InRange(asked, 1, 8);
        Assert.Equal(1, most);
        Assert.True(door.IsClosed);
        away = false;
        Assert.All(await Task.WhenAll(waiting), s => Assert.Equal(HttpStatusCode.OK, s));
        Assert.False(door.IsClosed);
    }

    [Fact]
    public async Task Who_is_told_to_come_again_later_does()
    {
        using var busy = new HttpResponseMessage(HttpStatusCode.TooManyRequests) { Headers = { RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(2)) } };
        Assert.Same(busy, await door.SendAsync(() => Task.FromResult(busy), TestContext.Current.CancellationToken));
        Assert.True(door.IsClosed);
        var start = Stopwatch.GetTimestamp();
        away = false;
        await door.SendAsync(Send, TestContext.Current.CancellationToken);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0.9, 10);
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.Gone)]
    [InlineData(HttpStatusCode.InternalServerError)]
    public async Task An_answer_to_one_request_holds_up_no_other(HttpStatusCode status)
    {
        using var answer = new HttpResponseMessage(status);
        await door.SendAsync(() => Task.FromResult(answer), TestContext.Current.CancellationToken);
        Assert.False(door.IsClosed);
    }

    private async Task<HttpResponseMessage> Send()
    {
        Interlocked.Increment(ref asked);
        most = Math.Max(most, Interlocked.Increment(ref atOnce));
        await Task.Delay(5);
        Interlocked.Decrement(ref atOnce);
        return away ? throw new HttpRequestException("refused") : new HttpResponseMessage(HttpStatusCode.OK);
    }
}
