using System.Threading.Channels;
using Vitrine.Model.Watching;
using Xunit;

namespace Vitrine.Unit.Model;

public sealed class StateRoundsTests
{
    [Fact]
    public async Task A_fault_is_told_once_and_a_change_just_before_the_end_is_kept()
    {
        var changes = Channel.CreateUnbounded<bool>();
        var (kept, told) = (0, new List<string>());
        using var stop = new CancellationTokenSource();
        var broken = true;
        var running = StateRounds.RunAsync(
            end => changes.Reader.ReadAsync(end).AsTask(), () => broken ? throw new IOException("no room") : Task.FromResult(Interlocked.Increment(ref kept)), told.Add, TimeProvider.System, stop.Token);
        changes.Writer.TryWrite(true);
        changes.Writer.TryWrite(true);
        for (var i = 0; changes.Reader.Count > 0 && i < 500; i++)
            await Task.Delay(10);
        await Task.Delay(100);
        broken = false;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(["no room"], told);
        Assert.Equal(1, kept);
    }
}
