using k8s.Models;
using Vitrine.Agent.Pods;
using Xunit;

namespace Vitrine.Unit.Agent.Pods;

public sealed class StopOrderTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Sidecars_end_after_the_others_and_in_reverse_order()
    {
        var order = new StopOrder(Pod(), ["a", "first", "second"]);
        var (first, second) = (Turn("first"), Turn("second"));
        await Turn("a");
        Assert.False(first.IsCompleted || second.IsCompleted);
        order.Ended("a");
        await second;
        Assert.False(first.IsCompleted);
        order.Ended("second");
        await first;

        Task Turn(string name) => order.TurnAsync(name, Long, TimeProvider.System, CancellationToken.None);
    }

    [Fact]
    public async Task Nobody_waits_for_what_does_not_run() => await new StopOrder(Pod(), ["first"]).TurnAsync("first", Long, TimeProvider.System, CancellationToken.None);

    [Fact]
    public async Task The_wait_ends_with_the_grace() =>
        await new StopOrder(Pod(), ["a", "first"]).TurnAsync("first", TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);

    private static V1Pod Pod()
    {
        var pod = PodBuilder.Pod(containers: ["a"], inits: ["plain", "first", "second"]);
        pod.Spec.InitContainers[1].RestartPolicy = pod.Spec.InitContainers[2].RestartPolicy = "Always";
        return pod;
    }
}
