using System.Net;
using System.Net.Sockets;
using Vitrine.Dataplane.Explain;
using Vitrine.Dataplane.Probes;
using Vitrine.Kernel.Dataplane;
using Vitrine.Linux.Nft;
using Xunit;

namespace Vitrine.Kernel.Explain;

/// <summary>What becomes of a pod's connections is told as it happens.</summary>
public sealed class FlowWatchTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task First_packets_are_told_allowed_or_dropped_and_others_only_when_they_are_dropped()
    {
        using var lab = Lab.With(1);
        var (client, server) = (lab.Nodes[0].AddPod("client"), lab.Nodes[0].AddPod("server"));
        lab.Apply();
        using var listener = server.Netns.Handle.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(IPAddress.Any, 80));
        listener.Listen();
        // Stands for the policies: port 80 passes, 81 does not.
        using var nft = NftSocket.OpenIn(lab.Nodes[0].Netns.Handle);
        var table = new NftTable(NftFamily.Inet, "vitrine-policy");
        nft.Batch().AddTable(table, null).AddChain(new NftChain(table, "forward") { Hook = NftHook.Forward, Priority = NftPriority.Filter })
            .AddRule(new NftRule(table, "forward").Is(NftField.TcpDestinationPort, NftValue.Port(81)).Drop() with { Comment = "closed" }).Send();
        using var watch = FlowWatch.Stand(lab.Nodes[0].Netns.Handle, [new IPNetwork(client.V4, 32), new IPNetwork(client.V6, 128)], "pod/default/client");

        Assert.Equal(ProbeAnswer.Answered, (await Try(80)).Answer);
        Assert.Equal(ProbeAnswer.Silent, (await Try(81)).Answer);
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var told = new List<WatchedPacket>();
        while (!told.Any(p => p.Dropped))
            told.AddRange(await watch.ReadAsync(late.Token));

        var allowed = Assert.Single(told, p => !p.Dropped);
        Assert.Equal((client.V4, server.V4, (byte)6, 80), (allowed.Source, allowed.Destination, allowed.Protocol, allowed.DestinationPort));
        var dropped = told.First(p => p.Dropped);
        Assert.Equal((client.V4, server.V4, (byte)6, 81, "closed"), (dropped.Source, dropped.Destination, dropped.Protocol, dropped.DestinationPort, dropped.Comment));
        Assert.True(dropped.SourcePort > 0);

        // A connection that stands, and is cut.
        using var socket = client.Netns.Handle.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await socket.ConnectAsync(new IPEndPoint(server.V4, 80), late.Token);
        nft.Batch().AddRule(new NftRule(table, "forward").Is(NftField.TcpDestinationPort, NftValue.Port(80)).Drop() with { Comment = "cut" }).Send();
        await socket.SendAsync(new byte[1], late.Token);
        told.Clear();
        while (!told.Any(p => p.Comment == "cut"))
            told.AddRange(await watch.ReadAsync(late.Token));

        Task<ProbeOutcome> Try(int port) => TcpProbe.SendAsync(client.Netns.Handle, new IPEndPoint(server.V4, port), null, Patience, TimeProvider.System);
    }

    [Fact]
    public void Nobody_flushes_it_away()
    {
        using var netns = new ThrowAwayNetns();
        using var watch = FlowWatch.Stand(netns.Handle, [IPNetwork.Parse("10.244.0.0/24")], "pod/a/b");
        Nft.Shell(netns, "nft flush ruleset");
        Assert.True(watch.IsStanding());
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        using var netns = new ThrowAwayNetns();
        using var nft = NftSocket.OpenIn(netns.Handle);
        using (FlowWatch.Stand(netns.Handle, [IPNetwork.Parse("10.244.0.0/24")], "pod/a/b"))
            Assert.Single(nft.ListTables());
        Assert.Empty(nft.ListTables());
    }
}
