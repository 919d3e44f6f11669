using System.Collections.Immutable;
using System.Net;
using CsCheck;
using Vitrine.Dataplane;
using Vitrine.Dataplane.Apply.Policies;
using Vitrine.Linux.Interop;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Policies;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Unit.Dataplane;

public sealed class PolicyApplyTests
{
    private static readonly PolicySkeleton Skeleton = new(ipv6: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void However_a_table_came_to_be_it_says_what_the_plan_says(int seed)
    {
        var table = new FakePolicyTable();
        var apply = new PolicyApply(table, Skeleton);
        var random = new Random(seed);
        var policies = new RandomPolicies(seed);
        for (var i = 0; i < 200; i++)
        {
            policies.Step();
            switch (random.Next(12))
            {
                case 0:
                    table.Flush();
                    apply.Verify(policies.Plan, policies.Links);
                    break;
                case 1:
                    // A new process.
                    apply = new PolicyApply(table, Skeleton);
                    apply.Update(policies.Plan, policies.Links);
                    Assert.Equal(0, apply.Verify(policies.Plan, policies.Links));
                    break;
                default:
                    apply.Update(policies.Plan, policies.Links);
                    break;
            }
            var fresh = new FakePolicyTable();
            new PolicyApply(fresh, Skeleton).Update(policies.Plan, policies.Links);
            Assert.Equal(PolicyTableText.Write(Skeleton, fresh.Read()!), PolicyTableText.Write(Skeleton, table.Read()!));
            Assert.Equal(0, apply.Update(policies.Plan, policies.Links));
        }
    }

    [Fact]
    public void A_relabelled_peer_is_elements_alone_and_a_pod_that_goes_takes_its_own()
    {
        var table = new FakePolicyTable();
        var apply = new PolicyApply(table, Skeleton);
        var (snapshot, links) = Web();
        var plan = PolicyPlan.Compile(snapshot, "node-1");
        apply.Update(plan, links);
        var before = table.Read()!;
        var peer = snapshot.Pods["red/peer"];
        snapshot = snapshot with { Pods = snapshot.Pods.SetItem(peer.Key, peer with { Labels = peer.Labels.SetItem("app", "client") }) };
        plan = PolicyPlan.Compile(snapshot, "node-1", plan);
        Assert.Equal(1, apply.Update(plan, links));
        Assert.Equal(before.Rules, table.Read()!.Rules);
        // Its link, and its address in a map for each way and direction and as a partner of its own.
        Assert.Equal(6, apply.Update(plan, []));
        Assert.Equal(2, table.Commits);
    }

    [Fact]
    public void What_the_kernel_refuses_is_tried_again_against_what_is_really_there()
    {
        var table = new FakePolicyTable();
        var apply = new PolicyApply(table, Skeleton);
        var policies = new RandomPolicies(9);
        apply.Update(policies.Plan, policies.Links);
        table.Flush();
        Assert.Throws<LinuxException>(() => apply.Update(policies.Plan, policies.Links.RemoveAt(0)));
        Assert.NotEqual(0, apply.Update(policies.Plan, policies.Links.RemoveAt(0)));
        Assert.Equal(0, apply.Verify(policies.Plan, policies.Links.RemoveAt(0)));
    }

    [Fact]
    public void A_name_that_was_cut_is_found_by_its_uid_in_its_own_namespace()
    {
        var pods = new[] { "a/long-name-of-a-pod", "b/long-name-of-a-pod" }.ToImmutableDictionary(p => p, p => new PodPolicies(p, "uid", Isolation.Open, Isolation.Open));
        Assert.Equal("b/long-name-of-a-pod", new PodLink("l", "uid", "b/long", true, false, []).Find(pods)?.Pod);
        Assert.Null(new PodLink("l", "uid", "b/long", false, false, []).Find(pods));
        Assert.Null(new PodLink("l", "other", "b/long", true, false, []).Find(pods));
        Assert.Null(new PodLink("l", "other", "b/long-name-of-a-pod", false, false, []).Find(pods));
    }

    [Fact]
    public void A_pod_made_again_under_its_name_is_not_its_predecessor()
    {
        var table = new FakePolicyTable();
        var (snapshot, links) = Web();
        new PolicyApply(table, Skeleton).Update(PolicyPlan.Compile(snapshot, "node-1"), [links[0] with { Uid = "another" }]);
        Assert.DoesNotContain("pod red/web", PolicyTableText.Write(Skeleton, table.Read()!));
        new PolicyApply(table, Skeleton).Update(PolicyPlan.Compile(snapshot, "node-1"), [links[0] with { Uid = null, Name = "older" }]);
        Assert.Contains("pod red/web older 10.244.1.5 ", PolicyTableText.Write(Skeleton, table.Read()!));
    }

    [Fact]
    public void A_hundred_and_fifty_policies_of_a_pod_have_a_counter_each()
    {
        var isolation = new Isolation([.. Enumerable.Range(0, 150).Select(i => $"NetworkPolicy/default/p{i}")], [], new Ladder([], [], false));
        var part = PolicyRenderer.Render(Skeleton, PolicyDirection.Ingress, isolation, ImmutableDictionary<string, PeerGroup>.Empty);
        var drops = part.Rules.Where(r => r.Chain.EndsWith("-drop", StringComparison.Ordinal)).ToArray();
        Assert.Equal([64, 64, 22], drops.Select(r => r.Text.Split("counter name").Length - 1));
        Assert.Equal([false, false, true], drops.Select(r => r.Text.EndsWith("drop", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("vitrine vitrine 0a1b eth0 d2c4 default/web", "d2c4", "default/web")]
    [InlineData("vitrine vitrine 0a1b eth0 default/web", null, "default/web")]
    [InlineData("vitrine vitrine 0a1b eth0 d2c4", "d2c4", null)]
    [InlineData("vitrine vitrine 0a1b eth0", null, null)]
    public void An_alias_says_whose_a_link_is(string alias, string? uid, string? pod) => Assert.Equal((uid, pod), PodLink.Parse(alias));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("vitrine tunnels to other nodes")]
    [InlineData("vitrine x")]
    [InlineData("uplink of rack 7 / left")]
    public void A_link_of_anothers_is_no_pods(string? alias) => Assert.True(PodLink.Parse(alias) is null or (not null, null));

    [Fact]
    public void Any_alias_is_read_to_an_end() => Gen.String.Sample(text => { _ = PodLink.Parse(text); _ = PodLink.Parse("vitrine " + text); });

    [Fact]
    public void Names_of_counters_fit_and_come_back() => Gen.Select(Gen.Int[1, 63], Gen.Int[1, 253]).Sample((space, name) =>
    {
        var policy = $"NetworkPolicy/{new string('n', space)}/{new string('p', name)}";
        var counter = PolicyNames.Counter(policy, PolicyDirection.Egress);
        Assert.InRange(counter.Length, 1, 255);
        var drops = PolicyDrops.Of(counter, 3, 4);
        Assert.Equal(("egress", 3UL), (drops.Direction, drops.Packets));
        if (policy.Length < 240)
            Assert.Equal(policy, drops.Policy);
    });

    /// <summary>red/web on node-1 takes connections from pods with app=client of its namespace; red/peer is not one yet.</summary>
    private static (ClusterSnapshot Snapshot, ImmutableArray<PodLink> Links) Web()
    {
        var node = new Node { Name = "node-1", Uid = "node-1", Ready = true, Allocatable = default, Addresses = [], PodCidrs = [IPNetwork.Parse("10.244.1.0/24")] };
        var pods = new[] { ("web", "node-1", "10.244.1.5"), ("peer", "node-2", "10.244.2.5") }.Select(p => new Pod
        {
            Namespace = "red", Name = p.Item1, Uid = p.Item1, NodeName = p.Item2, SchedulerName = "", Requests = default, Addresses = [IPAddress.Parse(p.Item3)],
            Labels = ImmutableDictionary<string, string>.Empty.Add("app", p.Item1),
        }).ToArray();
        var client = LabelSelector.Of(ImmutableDictionary<string, string>.Empty.Add("app", "client"));
        var policy = new NetworkPolicy
        {
            Namespace = "red", Name = "clients", Uid = "clients", Pods = LabelSelector.Of(ImmutableDictionary<string, string>.Empty.Add("app", "web")),
            Ingress = [new PolicyRule { Peers = [new PolicyPeer { Pods = client }], EveryPort = true }],
        };
        var snapshot = ClusterSnapshot.Empty with
        {
            Nodes = ImmutableDictionary<string, Node>.Empty.Add("node-1", node), Namespaces = ImmutableDictionary<string, Namespace>.Empty.Add("red", new Namespace("red", "red", false)),
            Pods = pods.ToImmutableDictionary(p => p.Key), NetworkPolicies = ImmutableDictionary<string, NetworkPolicy>.Empty.Add(policy.Key, policy),
        };
        return (snapshot, [new PodLink("vtrweb", "web", "red/web", false, false, pods[0].Addresses)]);
    }
}
