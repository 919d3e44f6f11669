using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Explain;
using Xunit;

namespace Vitrine.Unit.Model.Explain;

/// <summary>Questions to the cluster's DNS from a node whose sockets were read, while the other node is as planned: what an agent's pod sees of a cluster.</summary>
public sealed class NameDetourTests
{
    private static readonly IPAddress Dns = IPAddress.Parse("10.96.0.10");

    [Fact]
    public void Where_nobody_listens_the_other_node_is_asked_at_its_ranges_first_address()
    {
        var walk = Ask(Transport.Udp);
        Assert.Equal(("node/node-2", "10.244.2.0"), (walk.Forward.End!.Name, $"{walk.Forward.Packet!.Destination}"));
        Assert.Equal(Verdict.NotKnown, walk.Verdict);
        Assert.Contains(walk.Forward.Hops, h => h.What == "nobody answers for 10.96.0.10 on node/node-1: sent to the DNS of node/node-2, the one that is ready");
        Assert.Contains(walk.Reply!.Hops, h => h.What == "the answer comes from 10.96.0.10 again");
    }

    [Fact]
    public void Where_somebody_listens_it_stays()
    {
        var walk = Ask(Transport.Udp, new Listener(Transport.Udp, Dns, 53));
        Assert.Equal(("node/node-1", Verdict.Delivered), (walk.Forward.End!.Name, walk.Verdict));
    }

    [Fact]
    public void Each_transport_is_asked_for_its_own_socket() =>
        Assert.Equal("node/node-2", Ask(Transport.Tcp, new Listener(Transport.Udp, Dns, 53)).Forward.End!.Name);

    [Fact]
    public void What_is_no_question_is_refused_where_it_is()
    {
        var walk = Ask(Transport.Udp, port: 54);
        Assert.Equal(("node/node-1", Verdict.Refused), (walk.Forward.End!.Name, walk.Verdict));
    }

    [Fact]
    public void Without_another_node_that_is_ready_the_agent_that_is_away_takes_the_blame()
    {
        var walk = Ask(Transport.Udp, alone: true);
        Assert.Equal((Verdict.Refused, "node/node-1"), (walk.Verdict, walk.Deciding.Culprit));
        Assert.Equal("nobody answers for the cluster's DNS on node/node-1: its agent does not run, or does not know the cluster yet", walk.Deciding.Why);
    }

    [Fact]
    public void The_nodes_own_question_goes_there_under_the_nodes_address()
    {
        var walk = Ask(Transport.Udp, from: new Place(Place.Node("node-1"), IPAddress.Parse("10.0.1.11")));
        Assert.Equal(("node/node-2", "10.244.2.0", "10.0.1.11"), (walk.Forward.End!.Name, $"{walk.Forward.Packet!.Destination}", $"{walk.Forward.Packet.Source}"));
        Assert.Contains(walk.Forward.Hops, h => h.What == "masquerade: 10.96.0.10 becomes 10.0.1.11, since every node has the address of the cluster's DNS");
        Assert.Contains(walk.Reply!.Hops, h => h.What == "the answer comes from 10.96.0.10 again");
    }

    private static Explanation Ask(Transport transport, Listener? listener = null, int port = 53, bool alone = false, Place? from = null)
    {
        var town = new ServiceTown();
        var scene = town.Scene() with { DnsAddresses = [Dns] };
        if (alone)
            scene = scene with { Snapshot = scene.Snapshot with { Nodes = scene.Snapshot.Nodes.SetItem("node-2", scene.Snapshot.Nodes["node-2"] with { Ready = false }) } };
        var own = scene.Station("node/node-1")! with { Observed = true, Listeners = listener is null ? [] : [listener] };
        scene = scene with { Observations = scene.Observations with { Stations = scene.Observations.Stations.SetItem(own.Name, own) } };
        return PacketWalk.Explain(scene, new Question(from ?? new Place(Place.Pod(town.Client.Key), town.Client.Addresses[0]), new Place($"{Dns}", Dns), transport, port));
    }
}
