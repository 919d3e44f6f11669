using Vitrine.Dataplane;
using Vitrine.Linux.Nft;
using Xunit;

namespace Vitrine.Kernel.Dataplane;

public sealed class TableGenerationTests : IDisposable
{
    private readonly ThrowAwayNetns netns = new();

    public void Dispose() => netns.Dispose();

    [Fact]
    public void What_was_compared_holds_until_anybody_writes()
    {
        using var socket = NftSocket.OpenIn(netns.Handle);
        var generation = new TableGeneration(socket);
        Assert.True(generation.MayDiffer());
        Assert.Equal(0, generation.Compare(() => 0));
        Assert.False(generation.MayDiffer());
        socket.ListTables();
        Nft.Run(netns, "list ruleset");
        Assert.False(generation.MayDiffer());
        Nft.Run(netns, "add table inet another");
        Assert.True(generation.MayDiffer());
        Assert.Equal(0, generation.Compare(() => 0));
        Nft.Shell(netns, "nft flush ruleset");
        Assert.True(generation.MayDiffer());
    }

    /// <summary>What somebody writes while it is compared may or may not have been seen.</summary>
    [Fact]
    public void What_found_something_or_was_written_meanwhile_is_compared_again()
    {
        using var socket = NftSocket.OpenIn(netns.Handle);
        var generation = new TableGeneration(socket);
        Assert.Equal(3, generation.Compare(() => 3));
        Assert.True(generation.MayDiffer());
        generation.Compare(() =>
        {
            Nft.Run(netns, "add table inet another");
            return 0;
        });
        Assert.True(generation.MayDiffer());
        Assert.Throws<InvalidOperationException>(() => generation.Compare(() => throw new InvalidOperationException()));
        Assert.True(generation.MayDiffer());
    }
}
