using System.Net;
using Vitrine.Model.Explain;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Unit.Model.Explain;

/// <summary>Packets to a node's port that a pod there publishes as its hostPort.</summary>
public sealed class HostPortWalkTests
{
    private static readonly Place Node1 = new(Place.Node("node-1"), IPAddress.Parse("10.0.1.11")), Node2 = new(Place.Node("node-2"), IPAddress.Parse("10.0.1.12"));
    private static readonly Place Outside = new("192.0.2.7", IPAddress.Parse("192.0.2.7"));
    private static readonly Pod Web = Publishing(new PodPort("main", "", 8080, "TCP", 8088));

    [Fact]
    public void It_leads_to_the_pod_and_the_answer_comes_from_the_node()
    {
        var explanation = Ask(Web, Node2);
        Assert.Equal((Verdict.Delivered, "10.244.2.2:8080", "10.244.1.9, the client's own"), (explanation.Verdict, explanation.EndPoint, explanation.SeenAs));
        var hop = Assert.Single(explanation.Forward.Hops, h => h.What.StartsWith("host port 8088", StringComparison.Ordinal));
        Assert.Equal(("node/node-2", "pod/default/web-2", "table inet vitrine-hostports: tcp 8088 → 10.244.2.2:8080"), (hop.Where, hop.Object, hop.Entry));
        Assert.Contains(explanation.Reply!.Hops, h => h.Where == "node/node-2" && h.What == "the answer comes from 10.0.1.12 again");
        Assert.Equal([Answer.Answered], explanation.Expected);
        Assert.Empty(explanation.Endpoints);
    }

    [Fact]
    public void From_outside_the_guard_lets_it_pass()
    {
        var explanation = Ask(Web, Node2, source: Outside);
        Assert.Equal((Verdict.Delivered, "192.0.2.7, the client's own"), (explanation.Verdict, explanation.SeenAs));
        Assert.Equal(Verdict.Dropped, Ask(Web, new Place(Place.Pod(Web.Key), Web.Addresses[0]), 8080, Outside).Verdict);
    }

    [Fact]
    public void The_nodes_own_loopback_is_masqueraded()
    {
        var explanation = Ask(Web, new Place("127.0.0.1", IPAddress.Loopback), source: Node2);
        Assert.Equal((Verdict.Delivered, "10.0.1.12, the client's own"), (explanation.Verdict, explanation.SeenAs));
        Assert.Contains(explanation.Forward.Hops, h => h.What == "masquerade: 127.0.0.1 becomes 10.0.1.12, since a loopback address does not leave its node" && h.Entry == "table inet vitrine-hostports, chain postrouting");
    }

    [Fact]
    public void The_loopback_of_IPv6_is_not_published()
    {
        var explanation = Ask(Web, new Place("::1", IPAddress.IPv6Loopback), source: Node2 with { Address = IPAddress.IPv6Loopback });
        Assert.Equal((Verdict.Refused, "host port 8088/TCP of pod/default/web-2 is not on [::1], which no pod can answer"), (explanation.Verdict, explanation.Forward.Why));
    }

    [Fact]
    public void A_pod_reaches_itself_by_it()
    {
        var explanation = Ask(Web, Node2, source: new Place(Place.Pod(Web.Key), Web.Addresses[0]));
        Assert.Equal((Verdict.Delivered, "10.0.1.12"), (explanation.Verdict, explanation.SeenAs));
    }

    [Fact]
    public void Where_nothing_listens_in_the_pod_it_is_to_blame()
    {
        var explanation = Ask(Publishing(new PodPort("main", "", 8081, "TCP", 8088)), Node2);
        Assert.Equal((Verdict.Refused, "pod/default/web-2"), (explanation.Verdict, explanation.Forward.Culprit));
        Assert.Contains("something listens on port 8080", explanation.Forward.Why, StringComparison.Ordinal);
        Assert.Equal([Answer.Refused], explanation.Expected);
    }

    [Theory]
    [InlineData(null, 8080, "which runs on node/node-2 and not here")]
    [InlineData("10.0.1.99", 8088, "publishes host port 8088/TCP on 10.0.1.99 only")]
    public void Who_asks_past_it_is_told_where_it_is(string? on, int port, string why)
    {
        var explanation = Ask(Publishing(new PodPort("main", "", 8080, "TCP", port, on is null ? null : IPAddress.Parse(on))), on is null ? Node1 : Node2, port);
        Assert.Equal((Verdict.Refused, "pod/default/web-2"), (explanation.Verdict, explanation.Forward.Culprit));
        Assert.Contains(why, explanation.Forward.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void One_without_an_address_publishes_nothing_yet()
    {
        var explanation = Ask(Web with { Addresses = [] }, Node2);
        Assert.Equal((Verdict.Refused, "kubectl describe pod web-2 -n default"), (explanation.Verdict, explanation.Forward.Command));
    }

    [Theory]
    [InlineData("UDP", false, false)]
    [InlineData("TCP", true, false)]
    [InlineData("TCP", false, true)]
    public void Another_protocol_a_host_network_and_an_end_are_no_host_port(string protocol, bool hostNetwork, bool finished)
    {
        var explanation = Ask(Publishing(new PodPort("main", "", 8080, protocol, 8088)) with { HostNetwork = hostNetwork, Finished = finished }, Node2);
        Assert.Equal((Verdict.Refused, "node/node-2"), (explanation.Verdict, explanation.Forward.Culprit));
    }

    [Theory]
    [InlineData("0.0.0.0", true)]
    [InlineData("10.0.1.12", true)]
    [InlineData("::", false)]
    [InlineData("127.0.0.1", false)]
    public void A_hostIP_keeps_it_to_an_address_or_a_family(string on, bool leads) =>
        Assert.Equal(leads, Ask(Publishing(new PodPort("main", "", 8080, "TCP", 8088, IPAddress.Parse(on))), Node2).EndPoint is not null);

    [Fact]
    public void A_policy_of_the_pod_sees_the_client()
    {
        var explanation = Ask(Web, Node2, policies: new NetworkPolicy { Namespace = "default", Name = "nobody", Uid = "nobody", Pods = LabelSelector.Everything, Ingress = [] });
        Assert.Equal((Verdict.Dropped, "node/node-2"), (explanation.Verdict, explanation.Forward.Hops[^1].Where));
    }

    private static Pod Publishing(PodPort port) => ServiceTown.Pod("web-2", 2, 2, ServiceTown.Labels("app", "web")) with { Ports = [port] };

    private static Explanation Ask(Pod web, Place destination, int port = 8088, Place? source = null, params NetworkPolicy[] policies)
    {
        var town = new ServiceTown { Pods = [web], Endpoint = _ => null, Policies = [.. policies] };
        if (web.HostNetwork || web.Addresses.IsEmpty)
            town = town with { Listening = town.Listening.Clear() };
        var scene = town.Scene();
        var nodes = new[] { Node1, Node2 }.Select(n => scene.Station(n.Object)! with { Listeners = [new Listener(Transport.Tcp, IPAddress.Any, 22)] });
        scene = scene with { Observations = scene.Observations with { Stations = scene.Observations.Stations.AddRange(nodes.ToDictionary(n => n.Name)) } };
        return PacketWalk.Explain(scene, new Question(source ?? new Place(Place.Pod(town.Client.Key), town.Client.Addresses[0]), destination, Transport.Tcp, port));
    }
}
