using System.Collections.Immutable;
using System.Net;
using System.Runtime.CompilerServices;
using CsCheck;
using k8s;
using k8s.Models;
using Vitrine.ApiServer.Objects;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Unit.Model;

/// <summary>Golden/RoutePlan/CASE: in.yaml holds the nodes, links.txt a line per node whose plan is in want.txt ("node [no-ipv6] link mtu address/prefix …").</summary>
public sealed class RoutePlanTests
{
    public static TheoryData<string> Cases => [.. Directory.GetDirectories(Folder()).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_plan_is_as_written_down(string name)
    {
        var folder = Path.Combine(Folder(), name);
        var snapshot = Snapshot(File.ReadAllText(Path.Combine(folder, "in.yaml")));
        var got = string.Join('\n', File.ReadAllLines(Path.Combine(folder, "links.txt")).Select(line => Plan(snapshot, line).ToString()));
        var want = Path.Combine(folder, "want.txt");
        if (Environment.GetEnvironmentVariable("VITRINE_WRITE_GOLDEN") == "1")
            File.WriteAllText(want, got);
        Assert.Equal(File.ReadAllText(want), got);
    }

    [Fact]
    public void A_node_the_cluster_does_not_know_has_no_plan() =>
        Assert.Null(RoutePlan.Compile(ClusterSnapshot.Empty, "node-1", new NodeLinks([])));

    [Fact]
    public void A_node_has_a_way_to_Services_under_its_own_address_in_each_family_it_has()
    {
        var snapshot = Snapshot(File.ReadAllText(Path.Combine(Folder(), "two-subnets", "in.yaml")));
        var links = new NodeLinks([new NodeLink("eth0", 1500, [LinkNetwork.Of(IPAddress.Parse("10.0.1.11"), 24)])]);
        var plan = RoutePlan.Compile(snapshot, "node-1", links, [IPNetwork.Parse("10.96.0.0/16"), IPNetwork.Parse("fd00:96::/112")])!;
        Assert.Equal("10.96.0.0/16 dev eth0 src 10.0.1.11", plan.Routes[^1].ToString());
        Assert.Equal(RoutePlan.Compile(snapshot, "node-1", links)!.Routes.Length + 1, plan.Routes.Length);
    }

    [Fact]
    public void A_peers_tunnel_end_is_what_that_peer_makes_of_itself()
    {
        var snapshot = Snapshot(File.ReadAllText(Path.Combine(Folder(), "two-subnets", "in.yaml")));
        var one = Plan(snapshot, "node-1 eth0 1500 10.0.1.11/24");
        var two = Plan(snapshot, "node-2 eth0 1500 10.0.2.12/24");
        Assert.Equal(two.Tunnels[0].Mac, one.TunnelPeers[0].Mac);
        Assert.Equal(two.Tunnels[0].Addresses, one.TunnelPeers[0].NextHops);
    }

    [Fact]
    public void No_two_routes_overlap_and_no_pod_range_is_left_to_the_default_route() =>
        Gen.Select(Gen.Int[0, 3].Array[1, 6], Gen.Int[0, 4].Array[1, 6]).Sample((subnets, cidrs) =>
        {
            var nodes = subnets.Index().Select(s => new Node
            {
                Name = $"n{s.Index}",
                Uid = "",
                Allocatable = default,
                Addresses = s.Item == 0 ? [] : [IPAddress.Parse($"10.0.{s.Item}.{s.Index + 1}")],
                PodCidrs = s.Index < cidrs.Length && cidrs[s.Index] > 0 ? [IPNetwork.Parse(cidrs[s.Index] == 4 ? "10.244.0.0/22" : $"10.244.{cidrs[s.Index]}.0/24")] : [],
            }).ToImmutableDictionary(n => n.Name);
            var plan = RoutePlan.Compile(new ClusterSnapshot { Nodes = nodes }, "n0", new NodeLinks([new NodeLink("eth0", 1500, [LinkNetwork.Of(IPAddress.Parse("10.0.1.1"), 24)])]))!;
            Assert.Equal(plan.PodRanges.Select(r => r.Range).Order(Comparer<IPNetwork>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()))),
                plan.Routes.Select(r => r.Destination).Order(Comparer<IPNetwork>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()))));
            Assert.DoesNotContain(plan.Routes, a => plan.Routes.Any(b => a != b && a.Destination.Contains(b.Destination.BaseAddress)));
            foreach (var node in nodes.Values.Where(n => n.PodCidrs.Length > 0))
                Assert.True(plan.PodRanges.Any(r => r.Node == node.Name) || plan.Conflicts.Any(c => c.Node == node.Name));
        });

    private static RoutePlan Plan(ClusterSnapshot snapshot, string line)
    {
        var words = line.Split(' ');
        var links = new List<NodeLink>();
        var ipv6 = true;
        for (var i = 1; i < words.Length; i++)
            if (words[i] == "no-ipv6")
                ipv6 = false;
            else if (words[i].Contains('/'))
            {
                var (address, length) = (IPAddress.Parse(words[i].Split('/')[0]), int.Parse(words[i].Split('/')[1]));
                links[^1] = links[^1] with { Addresses = links[^1].Addresses.Add(LinkNetwork.Of(address, length)) };
            }
            else
                links.Add(new NodeLink(words[i], int.Parse(words[++i]), []));
        return RoutePlan.Compile(snapshot, words[0], new NodeLinks([.. links], ipv6))!;
    }

    private static ClusterSnapshot Snapshot(string yaml) => new()
    {
        Nodes = yaml.Split("---\n").Select(n => SnapshotReader.Read(KubernetesJson.Deserialize<V1Node>(YamlTree.Parse(n, [])!.ToJsonString()))).ToImmutableDictionary(n => n.Name),
    };

    private static string Folder([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "Golden", "RoutePlan");
}
