using Vitrine.Dataplane.Apply.Services;
using Vitrine.Linux.Nft;
using Xunit;

namespace Vitrine.Kernel.Services;

public sealed class SkeletonTests : IDisposable
{
    private static readonly Dictionary<ServiceMode, uint> Modes = new() { [new(1, 0)] = 1, [new(2, 0)] = 2, [new(3, 10800)] = 2048 };
    private readonly ThrowAwayNetns here = new();

    public void Dispose() => here.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_kernel_takes_it_and_shows_what_was_given(bool ipv6)
    {
        using var nft = NftSocket.OpenIn(here.Handle);
        var spec = new ServiceSkeleton(ipv6).Spec(Modes);
        Assert.True(spec.EnsureIn(nft) > 0);
        Assert.Equal(0, spec.EnsureIn(nft));
        var text = Nft.List(here, spec.Table);
        Assert.Contains("spread-4-2", text);
    }
}
