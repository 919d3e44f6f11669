using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Auth;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Queues;
using Xunit;

namespace Vitrine.Unit.ApiServer.Queues;

public sealed class PriorityLevelTests
{
    [Fact]
    public async Task As_many_are_served_at_once_as_there_are_seats()
    {
        var level = new PriorityLevel("test", 2);
        Assert.True(Enter(level, "a").IsCompletedSuccessfully);
        Assert.True(Enter(level, "b").IsCompletedSuccessfully);
        var third = Enter(level, "a");
        Assert.False(third.IsCompleted);
        level.Leave("a");
        await third.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_flood_of_one_does_not_keep_another_waiting()
    {
        var level = new PriorityLevel("test", 1);
        Assert.True(Enter(level, "flood").IsCompletedSuccessfully);
        var flood = Enumerable.Range(0, 250).Select(_ => Enter(level, "flood")).ToArray();
        var other = Enter(level, "other");
        // The hands of the two share at most some queues: other's turn comes within one round of them.
        for (var i = 0; i < 7 && !other.IsCompleted; i++)
        {
            level.Leave("flood");
            await Task.Delay(20);
        }
        await other.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True(flood.Count(static f => !f.IsCompleted) > 200);
    }

    [Fact]
    public async Task Who_fills_his_queues_is_told_to_come_again_and_others_still_get_in()
    {
        var level = new PriorityLevel("test", 1);
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
        var level = new PriorityLevel("test", 8);
        Assert.Equal(6, Enumerable.Range(0, 20).Count(_ => Enter(level, "slow").IsCompletedSuccessfully));
        Assert.True(Enter(level, "a").IsCompletedSuccessfully);
        Assert.True(Enter(level, "b").IsCompletedSuccessfully);
        var third = Enter(level, "c");
        Assert.False(third.IsCompleted);
        level.Leave("a");
        await third.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Who_leaves_the_queue_takes_no_seat_with_him()
    {
        var level = new PriorityLevel("test", 1);
        await Enter(level, "a");
        using var gone = new CancellationTokenSource();
        var waiting = level.EnterAsync("a", TimeProvider.System, gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        level.Leave("a");
        Assert.True(Enter(level, "b").IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Seats_are_neither_lost_nor_made_by_a_storm()
    {
        var level = new PriorityLevel("test", 4);
        var (inside, most, served) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            using var patience = new CancellationTokenSource(i % 3 == 0 ? 1 : 10_000);
            try
            {
                await level.EnterAsync($"c{i % 10}", TimeProvider.System, patience.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            InterlockedMax(ref most, Interlocked.Increment(ref inside));
            await Task.Yield();
            Interlocked.Decrement(ref inside);
            Interlocked.Increment(ref served);
            level.Leave($"c{i % 10}");
        })));
        Assert.InRange(most, 1, 4);
        Assert.InRange(served, 133, 200);
        Assert.All(Enumerable.Range(0, 4), i => Assert.True(Enter(level, $"after {i}").IsCompletedSuccessfully));
        Assert.False(Enter(level, "after").IsCompleted);
    }

    [Fact]
    public void Nodes_controllers_and_people_do_not_wait_for_each_other()
    {
        var queues = new RequestQueues();
        Assert.Null(queues.LevelOf(Ask("admin", "get", ClientUser.Masters)));
        Assert.True(RequestQueues.IsLong(Ask("bob", "watch")));
        Assert.Equal("system", queues.LevelOf(Ask("system:node:a", "get", "system:nodes"))!.Name);
        Assert.Equal("workload-high", queues.LevelOf(Ask("system:kube-controller-manager", "list"))!.Name);
        Assert.Equal("workload-low", queues.LevelOf(Ask("system:serviceaccount:a:b", "list"))!.Name);
        Assert.Equal("global-default", queues.LevelOf(Ask("bob", "list"))!.Name);
        Assert.Equal("catch-all", queues.LevelOf(new AccessQuestion(ClientUser.Anonymous, "get", "", "pods"))!.Name);
    }

    private static AccessQuestion Ask(string name, string verb, params string[] groups) => new(new ClientUser(name, groups, DateTimeOffset.MaxValue), verb, "", "pods");

    private static Task Enter(PriorityLevel level, string client)
    {
        try
        {
            return level.EnterAsync(client, TimeProvider.System, CancellationToken.None).AsTask();
        }
        catch (ApiException refused)
        {
            return Task.FromException(refused);
        }
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var now = most; now < value && Interlocked.CompareExchange(ref most, value, now) is var seen && seen != now; now = seen)
        {
        }
    }
}
