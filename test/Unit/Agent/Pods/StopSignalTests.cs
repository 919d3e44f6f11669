using Vitrine.Agent.Pods;
using Xunit;

namespace Vitrine.Unit.Agent.Pods;

public sealed class StopSignalTests
{
    [Theory]
    [InlineData("SIGTERM", 15)]
    [InlineData("SIGUSR1", 10)]
    [InlineData("SIGRTMIN", 34)]
    [InlineData("SIGRTMIN+3", 37)]
    [InlineData("SIGRTMAX-1", 63)]
    [InlineData("SIGRTMIN+99", null)]
    [InlineData("TERM", null)]
    [InlineData("15", null)]
    [InlineData("", null)]
    public void Signals_have_the_kernels_numbers(string name, int? number) => Assert.Equal(number, StopSignal.Number(name));
}
