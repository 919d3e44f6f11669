using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Vitrine.Control;
using Vitrine.Control.Api;
using Vitrine.Model.Watching;
using Xunit;

namespace Vitrine.Unit.Control;

/// <summary>Who leads, with a real API server between the candidates.</summary>
public sealed class LeaderLeaseTests : IAsyncLifetime
{
    private const string Name = "work", Namespace = "kube-system";
    private ControlPlane plane = null!;

    public async ValueTask InitializeAsync() => plane = await ControlPlane.StartAsync(nodes: 0);

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Fact]
    public async Task One_holds_it_and_the_other_waits_until_it_is_silent_for_as_long_as_the_lease_lasts()
    {
        var (first, second) = (Candidate("first"), Candidate("second"));
        Assert.True(await first.TryHoldAsync(CancellationToken.None));
        Assert.False(await second.TryHoldAsync(CancellationToken.None));
        Assert.True(await first.TryHoldAsync(CancellationToken.None));
        var lease = await plane.Client.CoordinationV1.ReadNamespacedLeaseAsync(Name, Namespace);
        Assert.Equal("first", lease.Spec.HolderIdentity);

        // As if it lasted no time: what the second saw last is older than that.
        lease.Spec.LeaseDurationSeconds = 1;
        await plane.Client.CoordinationV1.ReplaceNamespacedLeaseAsync(FieldOwners.Dropped(lease), Name, Namespace);
        Assert.False(await second.TryHoldAsync(CancellationToken.None));
        await Task.Delay(TimeSpan.FromSeconds(1.1));
        Assert.True(await second.TryHoldAsync(CancellationToken.None));
        lease = await plane.Client.CoordinationV1.ReadNamespacedLeaseAsync(Name, Namespace);
        Assert.Equal(("second", 1), (lease.Spec.HolderIdentity, lease.Spec.LeaseTransitions));
        Assert.False(await first.TryHoldAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Who_stops_lets_go_and_the_next_works_at_once()
    {
        using CancellationTokenSource stop = new(), end = new();
        TaskCompletionSource began = new(), ended = new(), next = new();
        var first = Candidate("first").RunAsync(async ct =>
        {
            began.SetResult();
            await Task.Delay(Timeout.Infinite, ct).ContinueWith(_ => ended.SetResult(), TaskScheduler.Default);
        }, stop.Token);
        await began.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var second = Candidate("second").RunAsync(ct =>
        {
            next.SetResult();
            return Task.Delay(Timeout.Infinite, ct);
        }, end.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.True(ended.Task.IsCompleted, "the work is waited for");
        await next.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
    }

    private LeaderLease Candidate(string identity) => new(new ApiClient(plane.Client), Namespace, Name, identity, NullLogger.Instance, TimeProvider.System);
}
