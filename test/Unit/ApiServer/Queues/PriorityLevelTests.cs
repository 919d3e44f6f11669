using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Queues;
using Xunit;

namespace Vitrine.Unit.ApiServer.Queues;

public sealed class PriorityLevelTests
{
    [Fact]
    public async Task As_many_are_served_at_once_as_there_are_seats()
    {
        var level = Pool(2);
        var first = Enter(level, "a");
        Assert.True(first.IsCompletedSuccessfully);
        Assert.True(Enter(level, "b").IsCompletedSuccessfully);
        var third = Enter(level, "a");
        Assert.False(third.IsCompleted);
        level.Leave(await first);
        await third.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_flood_of_one_does_not_keep_another_waiting()
    {
        var level = Pool(1);
        var seat = await Enter(level, "flood");
        var flood = Enumerable.Range(0, 250).Select(_ => Enter(level, "flood")).ToArray();
        var other = Enter(level, "other");
        // The hands of the two share at most some queues: other's turn comes within one round of them.
        for (var i = 0; i < 7 && !other.IsCompleted; i++)
        {
            level.Leave(seat);
            var next = await Task.WhenAny([other, .. flood]).WaitAsync(TimeSpan.FromSeconds(10));
            seat = await next;
            flood = [.. flood.Where(f => f != next)];
        }
        await other.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True(flood.Count(static f => !f.IsCompleted) > 200);
    }

    [Fact]
    public async Task Who_fills_his_queues_is_told_to_come_again_and_others_still_get_in()
    {
        var level = Pool(1);
        var all = Enumerable.Range(0, 1 + (64 * 50)).Select(_ => Enter(level, "flood")).ToArray();
        var refused = all.Where(static t => t.IsFaulted).ToArray();
        Assert.InRange(all.Length - refused.Length, 51, 1 + (6 * 50));
        var error = await Assert.ThrowsAsync<ApiException>(() => refused[0]);
        Assert.Equal((429, "TooManyRequests", 1), (error.Code, error.Reason, error.RetryAfterSeconds));
        Assert.Contains(Enumerable.Range(0, 20), i => !Enter(level, $"client {i}").IsFaulted);
    }

    [Fact]
    public async Task Nobody_has_all_the_seats()
    {
        var level = Pool(8);
        Assert.Equal(6, Enumerable.Range(0, 20).Count(_ => Enter(level, "slow").IsCompletedSuccessfully));
        var first = Enter(level, "a");
        Assert.True(first.IsCompletedSuccessfully);
        Assert.True(Enter(level, "b").IsCompletedSuccessfully);
        var third = Enter(level, "c");
        Assert.False(third.IsCompleted);
        level.Leave(await first);
        await third.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Who_leaves_the_queue_takes_no_seat_with_him()
    {
        var level = Pool(1);
        var seat = await Enter(level, "a");
        using var gone = new CancellationTokenSource();
        var waiting = level.EnterAsync("test", "a", TimeProvider.System, gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        level.Leave(seat);
        Assert.True(Enter(level, "b").IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Seats_are_neither_lost_nor_made_by_a_storm()
    {
        var level = Pool(4);
        var (inside, most, served) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            using var patience = new CancellationTokenSource(i % 3 == 0 ? 1 : 10_000);
            Seat seat;
            try
            {
                seat = await level.EnterAsync("test", $"c{i % 10}", TimeProvider.System, patience.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            InterlockedMax(ref most, Interlocked.Increment(ref inside));
            await Task.Yield();
            Interlocked.Decrement(ref inside);
            Interlocked.Increment(ref served);
            level.Leave(seat);
        })));
        Assert.InRange(most, 1, 4);
        Assert.InRange(served, 133, 200);
        Assert.All(Enumerable.Range(0, 4), i => Assert.True(Enter(level, $"after {i}").IsCompletedSuccessfully));
        Assert.False(Enter(level, "after").IsCompleted);
    }

    [Fact]
    public async Task Who_may_not_wait_is_refused_at_once()
    {
        var level = new SeatPool([new LevelPlan("test", "", 1)]);
        await Enter(level, "a");
        Assert.Equal(429, (await Assert.ThrowsAsync<ApiException>(() => Enter(level, "b"))).Code);
    }

    [Fact]
    public async Task A_free_seat_is_lent_and_goes_home_first()
    {
        var pool = new SeatPool([Level("poor", 1) with { Borrowing = 2 }, Level("rich", 4) with { Lendable = 3 }]);
        var own = await Enter(pool, "a", "poor");
        var borrowed = await Enter(pool, "a", "poor");
        await Enter(pool, "b", "poor");
        Assert.False(Enter(pool, "c", "poor").IsCompleted);
        Assert.All([1, 2], _ => Assert.True(Enter(pool, "r", "rich").IsCompletedSuccessfully));
        var home = Enter(pool, "r", "rich");
        Assert.False(home.IsCompleted);
        pool.Leave(borrowed);
        await home.WaitAsync(TimeSpan.FromSeconds(10));
        pool.Leave(own);
    }

    [Fact]
    public async Task What_is_not_lendable_is_always_there()
    {
        var pool = new SeatPool([Level("poor", 1), Level("rich", 4) with { Lendable = 2 }]);
        var all = Enumerable.Range(0, 20).Select(i => Enter(pool, $"p{i}", "poor")).ToArray();
        Assert.Equal(3, all.Count(static t => t.IsCompletedSuccessfully));
        Assert.All([1, 2], i => Assert.True(Enter(pool, $"r{i}", "rich").IsCompletedSuccessfully));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task More_seats_are_taken_at_once_and_a_level_that_goes_lets_its_queue_run_out()
    {
        var pool = Pool(1);
        var first = await Enter(pool, "a");
        var (second, third) = (Enter(pool, "b"), Enter(pool, "c"));
        pool.Change([Level("test", 2)]);
        var seat = await second.WaitAsync(TimeSpan.FromSeconds(10));
        pool.Change([new LevelPlan("catch-all", "", 1)]);
        pool.Leave(first);
        pool.Leave(seat);
        await third.WaitAsync(TimeSpan.FromSeconds(10));
        // What came for it in the last moment is caught.
        Assert.True(Enter(pool, "d").IsCompletedSuccessfully);
    }

    private static SeatPool Pool(int seats) => new([Level("test", seats)]);

    private static LevelPlan Level(string name, int seats) => new(name, "", seats) { Queues = 64, Hand = 6, QueueLength = 50 };

    private static Task<Seat> Enter(SeatPool pool, string client, string level = "test")
    {
        try
        {
            return pool.EnterAsync(level, client, TimeProvider.System, CancellationToken.None).AsTask();
        }
        catch (ApiException refused)
        {
            return Task.FromException<Seat>(refused);
        }
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var now = most; now < value && Interlocked.CompareExchange(ref most, value, now) is var seen && seen != now; now = seen)
        {
        }
    }
}
