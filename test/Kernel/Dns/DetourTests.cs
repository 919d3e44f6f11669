using System.Collections.Immutable;
using System.Net;
using Vitrine.Dataplane.Explain;
using Vitrine.Kernel.Dataplane;
using Vitrine.Kernel.Policies;
using Vitrine.Model.Explain;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Policies;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Kernel.Dns;

/// <summary>Names while a node's own DNS is away: two nodes share a link, the third is behind a tunnel.</summary>
public sealed class DetourTests : IDisposable
{
    private readonly Lab lab = Lab.With(1, 1, 2);
    private readonly List<NodeDns> servers = [];
    private readonly LabPod pod;

    public DetourTests()
    {
        pod = lab.Nodes[0].AddPod();
        lab.Apply();
        servers.AddRange(lab.Nodes.Select(n => new NodeDns(n, $"10.96.1.{n.Index}")));
        servers.ForEach(s => s.Update(lab.Snapshot));
    }

    public void Dispose()
    {
        servers.ForEach(s => s.Dispose());
        lab.Dispose();
    }

    [Fact]
    public void A_pods_questions_go_to_other_nodes_and_come_home_again()
    {
        foreach (var server in NodeDns.Addresses)
        {
            Assert.Equal("10.96.1.1", NodeDns.Dig(pod.Netns, server));
            Assert.Equal("10.96.1.1", NodeDns.Dig(pod.Netns, server, "+tcp"));
        }
        End(0);
        foreach (var server in NodeDns.Addresses)
            foreach (var transport in new[] { "", "+tcp" })
                Assert.Equal(["10.96.1.2", "10.96.1.3"], Enumerable.Range(0, 12).Select(_ => NodeDns.Dig(pod.Netns, server, transport)).Distinct().Order(StringComparer.Ordinal));

        // The very socket that was answered by another node is answered here again.
        Assert.NotEqual("10.96.1.1", NodeDns.Dig(pod.Netns, DnsLab.V4, "-b 0.0.0.0#40053"));
        servers[0] = new NodeDns(lab.Nodes[0], "10.96.1.1");
        Assert.Equal("10.96.1.1", NodeDns.Dig(pod.Netns, DnsLab.V4, "-b 0.0.0.0#40053"));
        servers[0].Update(lab.Snapshot);
        foreach (var server in NodeDns.Addresses)
            Assert.Equal("10.96.1.1", NodeDns.Dig(pod.Netns, server));
    }

    [Fact]
    public void Peers_stay_where_a_new_agent_knows_no_nodes_yet_and_go_with_their_nodes()
    {
        End(0);
        using (new NodeDns(lab.Nodes[0], "10.96.1.1"))
        {
        }
        Assert.Matches("10.96.1.[23]", NodeDns.Dig(pod.Netns, DnsLab.V4));
        lab.Nodes[2].Node = lab.Nodes[2].Node with { Ready = false };
        using (var again = new NodeDns(lab.Nodes[0], "10.96.1.1"))
            again.Update(lab.Snapshot);
        Assert.Equal("10.96.1.2", string.Join(' ', Enumerable.Range(0, 8).Select(_ => NodeDns.Dig(pod.Netns, DnsLab.V4)).Distinct()));
        using (var alone = new NodeDns(lab.Nodes[0], "10.96.1.1"))
            alone.Update(lab.Snapshot with { Nodes = lab.Snapshot.Nodes.RemoveRange(["node-2", "node-3"]) });
        Assert.Contains("connection refused", NodeDns.Dig(pod.Netns, DnsLab.V4), StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_has_a_new_pod_range_gives_the_old_ones_address_back()
    {
        Assert.Contains("10.244.1.0/32", Nft.Shell(lab.Nodes[0].Netns, "ip addr show lo"), StringComparison.Ordinal);
        var (first, third) = (lab.Nodes[0].Node, lab.Nodes[2].Node);
        lab.Nodes[0].Node = first with { PodCidrs = [IPNetwork.Parse("10.244.9.0/24")] };
        lab.Nodes[2].Node = third with { PodCidrs = first.PodCidrs };
        servers[0].Update(lab.Snapshot);
        var held = Nft.Shell(lab.Nodes[0].Netns, "ip addr show lo");
        Assert.Contains("10.244.9.0/32", held, StringComparison.Ordinal);
        Assert.DoesNotContain("10.244.1.0/32", held, StringComparison.Ordinal);
    }

    [Fact]
    public void The_nodes_own_questions_go_to_other_nodes_and_come_home_again()
    {
        var node = lab.Nodes[0].Netns;
        foreach (var server in NodeDns.Addresses)
            Assert.Equal("10.96.1.1", NodeDns.Dig(node, server));
        End(0);
        foreach (var server in NodeDns.Addresses)
            foreach (var transport in new[] { "", "+tcp" })
                Assert.Equal(["10.96.1.2", "10.96.1.3"], Enumerable.Range(0, 12).Select(_ => NodeDns.Dig(node, server, transport)).Distinct().Order(StringComparer.Ordinal));
        // Bound to an address that the others know.
        Assert.Matches("10.96.1.[23]", NodeDns.Dig(node, DnsLab.V4, $"-b {lab.Nodes[0].V4}"));
        Assert.NotEqual("10.96.1.1", NodeDns.Dig(node, DnsLab.V4, "-b 0.0.0.0#40054"));
        servers[0] = new NodeDns(lab.Nodes[0], "10.96.1.1");
        Assert.Equal("10.96.1.1", NodeDns.Dig(node, DnsLab.V4, "-b 0.0.0.0#40054"));
    }

    [Fact]
    public void Two_that_are_away_do_not_send_a_question_to_and_fro()
    {
        lab.Nodes[2].Node = lab.Nodes[2].Node with { Ready = false };
        servers.ForEach(s => s.Update(lab.Snapshot));
        End(0);
        End(1);
        Assert.Contains("connection refused", NodeDns.Dig(pod.Netns, DnsLab.V4), StringComparison.Ordinal);
        var walk = Explain(DnsLab.V4);
        Assert.Equal((Verdict.Refused, "node/node-2"), (walk.Verdict, walk.Deciding.Culprit));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Policies_take_another_nodes_DNS_for_the_clusters(bool allowed)
    {
        using var policies = new PolicyLab(lab);
        var dns = new Service { Namespace = StandIns.DnsNamespace, Name = StandIns.DnsName, Uid = "dns", ClusterIPs = NodeDns.Addresses, Ports = [new ServicePort("dns", "UDP", 53, "53", 0)] };
        policies.Policies.Add(new NetworkPolicy
        {
            Namespace = "default", Name = "out", Uid = "out", Pods = LabelSelector.Everything, Egress =
            [
                new PolicyRule
                {
                    Peers = [new PolicyPeer { Pods = LabelSelector.Of([new("k8s-app", allowed ? "kube-dns" : "other")]), Namespaces = LabelSelector.Everything }],
                    Ports = [new PolicyPort("UDP", "", 53, 53)],
                },
            ],
        });
        Snapshot = policies.Snapshot with
        {
            Services = ImmutableDictionary<string, Service>.Empty.Add(dns.Key, dns), Namespaces = policies.Snapshot.Namespaces.Add("kube-system", new Namespace("kube-system", "kube-system", false)),
        };
        foreach (var node in lab.Nodes)
            policies.Apply(node, Snapshot);
        Assert.Equal(allowed, NodeDns.Dig(pod.Netns, DnsLab.V4) == "10.96.1.1");
        End(0);
        foreach (var server in NodeDns.Addresses)
        {
            var walk = Explain(server);
            Assert.Equal(allowed ? Verdict.Delivered : Verdict.Dropped, walk.Verdict);
            var got = NodeDns.Dig(pod.Netns, server);
            Assert.True(allowed == got is "10.96.1.2" or "10.96.1.3", got);
            if (!allowed)
                Assert.Equal("networkpolicy/default/out", walk.Deciding.Culprit);
        }
    }

    [Fact]
    public void What_is_predicted_is_what_happens()
    {
        Assert.Equal(Verdict.Delivered, Explain(DnsLab.V4).Verdict);
        Assert.DoesNotContain(Explain(DnsLab.V4).Forward.Hops, h => h.What.Contains("sent to the DNS", StringComparison.Ordinal));
        End(0);
        foreach (var server in NodeDns.Addresses)
        {
            var walk = Explain(server);
            Assert.Equal(Verdict.Delivered, walk.Verdict);
            Assert.Equal(["node/node-2", "node/node-3"], walk.Others.Prepend(walk).Select(w => w.Forward.End!.Name).Order(StringComparer.Ordinal));
            Assert.Contains(walk.Forward.Hops, h => h.What.StartsWith($"nobody answers for {server} on node/node-1: sent to the DNS of node/node-", StringComparison.Ordinal));
            Assert.Contains(walk.Reply!.Hops, h => h.What == $"the answer comes from {server} again" && h.Where == "node/node-1");
            Assert.Equal([Answer.Answered], walk.Expected);
        }
    }

    private ClusterSnapshot? Snapshot { get; set; }

    private void End(int node) => servers[node].Dispose();

    private Explanation Explain(IPAddress server)
    {
        var snapshot = Snapshot ?? lab.Snapshot;
        var stations = lab.Nodes.Select(n => StationReader.Read(Place.Node(n.Node.Name), n.Netns.Handle)).Append(StationReader.Read(Place.Pod(pod.Pod.Key), pod.Netns.Handle));
        var plans = lab.Nodes.ToImmutableDictionary(n => n.Node.Name, n => RoutePlan.Compile(snapshot, n.Node.Name, StationReader.Links(n.Netns.Handle))!);
        var scene = new Scene(snapshot, plans, new Observations { Stations = stations.ToImmutableDictionary(s => s.Name) })
        {
            DnsAddresses = NodeDns.Addresses, Policies = plans.Keys.ToImmutableDictionary(n => n, n => PolicyPlan.Compile(snapshot, n)),
        };
        return PacketWalk.Explain(scene, new Question(new Place(Place.Pod(pod.Pod.Key), server.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? pod.V6 : pod.V4), new Place($"{server}", server), Transport.Udp, 53));
    }
}
