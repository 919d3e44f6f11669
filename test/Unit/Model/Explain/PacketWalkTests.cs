using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Explain;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Unit.Model.Explain;

/// <summary>Two nodes on one link, a third behind a router; nothing read but what a test puts there.</summary>
public sealed class PacketWalkTests
{
    private static readonly Pod A = Pod("a", 1, 2), B = Pod("b", 2, 2), C = Pod("c", 3, 2);

    [Fact]
    public void Without_facts_it_says_what_it_does_not_know()
    {
        var explanation = Ask(Scene(), A, B, Transport.Tcp, 80);
        Assert.Equal(Verdict.NotKnown, explanation.Verdict);
        Assert.Contains("not known", explanation.Forward.Why, StringComparison.Ordinal);
        Assert.Empty(explanation.Expected);
        Assert.All(explanation.Forward.Hops, h => Assert.False(h.Observed));
    }

    [Fact]
    public void The_way_goes_by_the_very_routes_of_the_plan()
    {
        var scene = Scene();
        var explanation = Ask(scene, A, B, Transport.Icmp);
        Assert.Equal(["pod/default/a", "node/node-1", "node/node-2", "pod/default/b"], explanation.Forward.Hops.Select(h => h.Where).Distinct());
        Assert.Contains(explanation.Forward.Hops, h => h.Entry == scene.Plans["node-1"].Routes.Single(r => r.Owner == "node/node-2").ToString());
        Assert.Equal(Verdict.Delivered, explanation.Verdict);
        Assert.Equal([Answer.Answered], explanation.Expected);
        Assert.Equal("pod/default/a", explanation.Reply!.Hops[^1].Where);
    }

    [Fact]
    public void To_a_node_behind_a_router_it_goes_in_an_envelope()
    {
        var hops = Ask(Scene(), A, C, Transport.Icmp).Forward.Hops;
        Assert.Contains(hops, h => h.InTunnel && h.What.Contains("VXLAN", StringComparison.Ordinal) && h.Object == "node/node-3");
        Assert.Equal("pod/default/c", hops[^1].Where);
    }

    [Fact]
    public void Routes_that_lose_are_named_with_the_reason()
    {
        var hop = Ask(Scene(), A, B, Transport.Icmp).Forward.Hops.First(h => h.Where == "node/node-1");
        Assert.Contains(hop.Lost, l => l.StartsWith("default", StringComparison.Ordinal) && l.EndsWith("less specific", StringComparison.Ordinal));
    }

    [Fact]
    public void Nobody_listening_names_what_listens_elsewhere()
    {
        var explanation = Ask(Scene(Listening(B, new Listener(Transport.Tcp, IPAddress.Any, 8080))), A, B, Transport.Tcp, 80);
        Assert.Equal(Verdict.Refused, explanation.Verdict);
        Assert.Equal("pod/default/b", explanation.Forward.Culprit);
        Assert.Contains("listens on port 8080", explanation.Forward.Why, StringComparison.Ordinal);
        Assert.Contains("ask for port 8080", explanation.Forward.Fix, StringComparison.Ordinal);
        Assert.Equal([Answer.Refused], explanation.Expected);
    }

    [Fact]
    public void A_listener_on_localhost_only_is_told_from_none()
    {
        var explanation = Ask(Scene(Listening(B, new Listener(Transport.Tcp, IPAddress.Loopback, 80))), A, B, Transport.Tcp, 80);
        Assert.Contains("127.0.0.1 only", explanation.Forward.Why, StringComparison.Ordinal);
        Assert.Contains("0.0.0.0:80", explanation.Forward.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("::", false, "10.244.2.2", true)]
    [InlineData("::", true, "10.244.2.2", false)]
    [InlineData("0.0.0.0", false, "fd00::1", false)]
    [InlineData("10.244.2.2", false, "10.244.2.2", true)]
    [InlineData("::ffff:10.244.2.2", false, "10.244.2.2", true)]
    [InlineData("127.0.0.1", false, "10.244.2.2", false)]
    public void A_socket_takes_what_its_address_allows(string bound, bool onlyV6, string to, bool takes) =>
        Assert.Equal(takes, new Listener(Transport.Udp, IPAddress.Parse(bound), 53, onlyV6).Takes(Transport.Udp, IPAddress.Parse(to), 53));

    [Fact]
    public void A_pod_that_has_ended_needs_no_walk()
    {
        var explanation = Ask(Scene(ended: "b"), A, B, Transport.Tcp, 80);
        Assert.Equal(Verdict.NotRunning, explanation.Verdict);
        Assert.Equal("pod/default/b", explanation.Forward.Culprit);
        Assert.StartsWith("kubectl logs b", explanation.Forward.Command, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_is_down_takes_the_blame_for_its_pods()
    {
        var explanation = Ask(Scene() with { Observations = new Observations { AbsentNodes = ["node-2"] } }, A, B, Transport.Tcp, 80);
        Assert.Equal((Verdict.NotRunning, "node/node-2", "vitrine node start node-2"), (explanation.Verdict, explanation.Forward.Culprit, explanation.Forward.Command));
    }

    [Fact]
    public void A_pod_goes_out_under_its_nodes_address()
    {
        var outside = IPAddress.Parse("192.0.2.7");
        var explanation = PacketWalk.Explain(Scene(), new Question(At(A), new Place("192.0.2.7", outside), Transport.Tcp, 443));
        Assert.Equal(Verdict.LeavesCluster, explanation.Verdict);
        Assert.Contains(explanation.Forward.Hops, h => h.What == "masquerade: 10.244.1.2 becomes 10.0.1.11" && h.Entry!.Contains("vitrine-masquerade", StringComparison.Ordinal));
    }

    [Fact]
    public void The_outside_is_stopped_by_the_guard()
    {
        var explanation = PacketWalk.Explain(Scene(), new Question(new Place("192.0.2.7", IPAddress.Parse("192.0.2.7")), At(B), Transport.Tcp, 80));
        Assert.Equal(Verdict.Dropped, explanation.Verdict);
        Assert.Contains(explanation.Forward.Hops, h => !h.Passed && h.Entry!.Contains("vitrine-guard", StringComparison.Ordinal));
    }

    [Fact]
    public void A_full_connection_table_stops_what_is_new()
    {
        var node = PlannedStation.Of(Scene(), "node/node-2")! with { Connections = new ConnectionTable(5000, 4096) };
        var explanation = Ask(Scene(node), A, B, Transport.Tcp, 80);
        Assert.Equal((Verdict.Dropped, "node/node-2"), (explanation.Verdict, explanation.Forward.Culprit));
        Assert.Contains("5000 of 4096", explanation.Forward.Why, StringComparison.Ordinal);
        Assert.Equal([Answer.Silent, Answer.Answered], explanation.Expected);
        Assert.NotEqual(Verdict.Dropped, Ask(Scene(node with { Connections = new ConnectionTable(4095, 4096) }), A, B, Transport.Tcp, 80).Verdict);
    }

    private static Explanation Ask(Scene scene, Pod from, Pod to, Transport transport, int port = 0) => PacketWalk.Explain(scene, new Question(At(from), At(to), transport, port));

    private static Place At(Pod pod) => new(Place.Pod(pod.Key), pod.Addresses[0]);

    private static Station Listening(Pod pod, Listener listener) => PlannedStation.Of(Scene(), Place.Pod(pod.Key))! with { Listeners = [listener] };

    private static Scene Scene(Station? read = null, string? ended = null)
    {
        var snapshot = new ClusterSnapshot
        {
            Nodes = new[] { Node(1, 1), Node(2, 1), Node(3, 2) }.ToImmutableDictionary(n => n.Name),
            Pods = new[] { A, B, C }.Select(p => p.Name == ended ? p with { Finished = true, Phase = "Succeeded" } : p).ToImmutableDictionary(p => p.Key),
        };
        var plans = snapshot.Nodes.Values.ToImmutableDictionary(n => n.Name, n => RoutePlan.Compile(snapshot, n.Name, new NodeLinks([new NodeLink("eth0", 1500, [LinkNetwork.Of(n.Addresses[0], 24)])]))!);
        return new Scene(snapshot, plans, read is null ? Observations.None : new Observations { Stations = ImmutableDictionary<string, Station>.Empty.Add(read.Name, read) });
    }

    private static Node Node(int number, int link) => new()
    {
        Name = $"node-{number}", Uid = "", Ready = true, Allocatable = default, Addresses = [IPAddress.Parse($"10.0.{link}.{10 + number}")], PodCidrs = [IPNetwork.Parse($"10.244.{number}.0/24")],
    };

    private static Pod Pod(string name, int node, int host) => new()
    {
        Namespace = "default", Name = name, Uid = name, NodeName = $"node-{node}", SchedulerName = "", Requests = default, Phase = "Running", Ready = true, Addresses = [IPAddress.Parse($"10.244.{node}.{host}")],
    };
}
