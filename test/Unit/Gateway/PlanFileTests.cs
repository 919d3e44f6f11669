using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Vitrine.Gateway.Feed;
using Vitrine.Model.Plans.Gateway;
using Xunit;

namespace Vitrine.Unit.Gateway;

public sealed class PlanFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vitrine-plan-").FullName;

    private string File => Path.Combine(folder, PlanFile.Name);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_plan_is_read_as_it_was_written_and_by_its_owner_alone()
    {
        var plan = FeedTests.Large(20);
        await PlanFile.WriteAsync(File, plan, CancellationToken.None);
        var read = (await PlanFile.ReadAsync(File, CancellationToken.None))!;
        Assert.Empty(PlanPatch.Between(plan, read).Upstreams);
        Assert.Equal(plan.Listeners[0].Hosts.Select(h => h.Host), read.Listeners[0].Hosts.Select(h => h.Host));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 1, 0, 0 })]
    [InlineData(new byte[] { 9, 0, 0, 0, (byte)'{' })]
    [InlineData(new byte[] { 2, 0, 0, 0, (byte)'[', (byte)']' })]
    public async Task What_is_no_plan_is_none(byte[] content)
    {
        Assert.Null(await PlanFile.ReadAsync(File, CancellationToken.None));
        System.IO.File.WriteAllBytes(File, content);
        Assert.Null(await PlanFile.ReadAsync(File, CancellationToken.None));
    }

    [Fact]
    public async Task A_proxy_that_starts_with_an_agent_without_an_API_serves_by_the_plan_of_those_before()
    {
        await PlanFile.WriteAsync(File, FeedTests.Large(3), CancellationToken.None);
        var socket = Path.Combine(folder, "gateway.sock");
        using var stop = new CancellationTokenSource();
        GatewayPlan? applied = null;
        var sender = new PlanSender(socket, NullLogger<PlanSender>.Instance, TimeProvider.System);
        Task[] running =
        [
            new PlanReceiver(socket, (plan, _) => { applied = plan; return Task.FromResult(ImmutableArray<string>.Empty); }, NullLogger.Instance).RunAsync(stop.Token),
            PlanFile.KeepAsync(File, sender, _ => { }, TimeProvider.System, stop.Token), sender.RunAsync(stop.Token),
        ];
        await TestGateway.UntilAsync(() => applied is not null);
        Assert.Equal(3, applied!.Listeners[0].Hosts.Length);

        // And what the API says later is kept.
        sender.Send(FeedTests.Large(4));
        await TestGateway.UntilAsync(() => PlanFile.ReadAsync(File, CancellationToken.None).Result?.Listeners[0].Hosts.Length == 4);
        await stop.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Fact]
    public async Task A_plan_of_the_API_is_not_replaced_by_an_older_one()
    {
        var socket = Path.Combine(folder, "gateway.sock");
        using var stop = new CancellationTokenSource();
        var sender = new PlanSender(socket, NullLogger<PlanSender>.Instance, TimeProvider.System);
        var (newest, older) = (FeedTests.Large(4), FeedTests.Large(3));
        sender.Send(newest);
        sender.SendUnlessKnown(older);
        var receiver = new PlanReceiver(socket, (_, _) => Task.FromResult(ImmutableArray<string>.Empty), NullLogger.Instance).RunAsync(stop.Token);
        var running = sender.RunAsync(stop.Token);
        await TestGateway.UntilAsync(() => sender.Served is not null);
        Assert.Same(newest, sender.Served);
        await stop.CancelAsync();
        await Task.WhenAll(receiver, running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }
}
