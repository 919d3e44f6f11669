using System.Net;
using System.Net.Sockets;
using Vitrine.Dataplane.Probes;
using Xunit;

namespace Vitrine.Kernel.Explain;

/// <summary>A responder that misses a question would look like a wrong prediction.</summary>
public sealed class ResponderTests : IDisposable
{
    private readonly ThrowAwayNetns netns = new();

    public void Dispose() => netns.Dispose();

    [Theory]
    [InlineData("::", "127.0.0.1")]
    [InlineData("::", "::1")]
    [InlineData("0.0.0.0", "127.0.0.1")]
    public async Task Many_at_once_are_all_answered(string at, string asked)
    {
        using var responder = new Responder(netns.Handle, udp: true, new IPEndPoint(IPAddress.Parse(at), 53), onlyV6: false);
        var silent = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 2000), new ParallelOptions { MaxDegreeOfParallelism = 48 }, async (_, _) =>
        {
            var told = await UdpProbe.SendAsync(netns.Handle, new IPEndPoint(IPAddress.Parse(asked), 53), null, 100, TimeSpan.FromSeconds(2), TimeProvider.System);
            if (told.Answer != ProbeAnswer.Answered)
                Interlocked.Increment(ref silent);
        });
        Assert.Equal(0, silent);
    }
}
