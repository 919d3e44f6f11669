using System.Net;
using System.Net.Sockets;
using Vitrine.Dataplane.Probes;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Xunit;

namespace Vitrine.Kernel.Dataplane;

public sealed class ChecksumTests
{
    /// <summary>
    /// Sums left to hardware that is not there are a known trap of tunnels: UDP arrives with a wrong one and is dropped without a word. Between the
    /// routers of the two links runs a wire of bytes, so every sum is verified.
    /// </summary>
    [Fact]
    public async Task Sums_of_tunnelled_packets_are_right_on_a_wire_that_verifies_them()
    {
        using var lab = Lab.With(1);
        var far = new ThrowAwayNetns();
        using var _ = far;
        using var relay = new TunRelay(lab.Router, "wire0", far, "wire0");
        var node = lab.AddNode(2);
        // Link 2 hangs on a router of its own, which the first reaches by the wire alone.
        lab.MoveLinkTo(2, far);
        foreach (var (router, host, other) in new[] { (lab.Router, 1, 2), (far, 2, 1) })
        {
            router.Socket.SetUp("wire0");
            var wire = router.Socket.GetLink("wire0").Index;
            foreach (var (address, bits, range) in new[] { ($"10.9.0.{host}", 24, $"10.0.{other}.0/24"), ($"fd00:9::{host}", 64, $"fd00:{other}::/64") })
            {
                router.Socket.AddAddress(wire, IPAddress.Parse(address), bits);
                router.Socket.AddRoute(new RouteSpec(IPNetwork.Parse(range)) { LinkIndex = wire });
            }
        }

        var (one, two) = (lab.Nodes[0].AddPod(), node.AddPod());
        lab.Apply();
        foreach (var (from, to) in new[] { (one, two), (two, one) })
            foreach (var target in new[] { to.V4, to.V6 })
            {
                using var server = new EchoServer(to.Netns, 8080);
                var at = new IPEndPoint(target, 8080);
                var most = 1450 - (target.AddressFamily == AddressFamily.InterNetwork ? 28 : 48);
                foreach (var size in new[] { 1, 2, 100, most })
                    Assert.True(await AskAsync(from.Netns.Handle, at, size) == ProbeAnswer.Answered, $"{size} bytes to {at}; {relay.Passed} packets passed the wire");
                Assert.Equal(300_000, await PodToPodTests.TransferAsync(from.Netns.Handle, at, 300_000));
            }
        Assert.True(relay.Passed > 100);
        foreach (var pod in new[] { one, two })
            Assert.Equal(0, pod.Netns.Handle.Run(() => File.ReadAllLines("/proc/thread-self/net/snmp").Where(l => l.StartsWith("Udp: ", StringComparison.Ordinal)).Select(l => l.Split(' ')).ToArray()
                is [var names, var values] ? int.Parse(values[Array.IndexOf(names, "InCsumErrors")]) : -1));
    }

    // A datagram may be lost while the routers find each other; one with a wrong sum is lost each time.
    private static async Task<ProbeAnswer> AskAsync(NetnsHandle from, IPEndPoint at, int size)
    {
        var answer = ProbeAnswer.Silent;
        for (var attempt = 0; attempt < 4 && answer == ProbeAnswer.Silent; attempt++)
            answer = (await UdpProbe.SendAsync(from, at, null, size, TimeSpan.FromSeconds(2), TimeProvider.System)).Answer;
        return answer;
    }
}
