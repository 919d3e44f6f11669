using System.Collections.Immutable;
using CsCheck;
using k8s.Models;
using Vitrine.Control.Daemons;
using Vitrine.Control.Revisions;
using Vitrine.Model;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Unit.Control;

public sealed class DaemonPlanTests
{
    [Fact]
    public void Every_node_that_will_have_it_gets_one()
    {
        var plan = Plan(Set(), [("a", true, true), ("b", true, true), ("c", false, false)], [Pod("a")]);
        Assert.Equal(["b"], plan.Create);
        Assert.Equal((2, 1), (plan.Status.DesiredNumberScheduled, plan.Status.CurrentNumberScheduled));
    }

    [Fact]
    public void A_node_that_will_not_have_it_any_more_loses_it() => Assert.Single(Plan(Set(), [("a", false, false)], [Pod("a")]).Delete);

    [Fact]
    public void A_cordon_drives_nobody_out() => Assert.Empty(Plan(Set(), [("a", false, true)], [Pod("a")]).Delete);

    [Fact]
    public void A_rolling_update_takes_one_away_at_a_time()
    {
        (string, bool, bool)[] nodes = [("a", true, true), ("b", true, true), ("c", true, true)];
        Assert.Single(Plan(Set(), nodes, [Pod("a", "old"), Pod("b", "old"), Pod("c", "old")]).Delete);
        Assert.Empty(Plan(Set(), nodes, [Pod("b", "old"), Pod("c", "old")]).Delete);
        Assert.Empty(Plan(Set(), nodes, [Pod("a", ready: false), Pod("b", "old"), Pod("c", "old")]).Delete);
    }

    [Fact]
    public void A_surge_brings_the_new_before_the_old_goes()
    {
        var set = Set(surge: "1");
        (string, bool, bool)[] nodes = [("a", true, true), ("b", true, true)];
        var plan = Plan(set, nodes, [Pod("a", "old"), Pod("b", "old")]);
        Assert.Equal((1, 0), (plan.Create.Length, plan.Delete.Length));
        Assert.Empty(Plan(set, nodes, [Pod("a", "old"), Pod("a", ready: false), Pod("b", "old")]).Create);
        Assert.Equal("old", Assert.Single(Plan(set, nodes, [Pod("a", "old"), Pod("a"), Pod("b", "old")]).Delete).Metadata.Labels[Revision.HashLabel]);
    }

    [Theory]
    [InlineData("NoSchedule", false, true)]
    [InlineData("NoExecute", false, false)]
    [InlineData("PreferNoSchedule", true, true)]
    public void Taints_keep_it_off_or_drive_it_out(string effect, bool run, bool stay)
    {
        var node = new Node { Name = "n", Uid = "n", Allocatable = default, Taints = [new Taint("gpu", "", effect)], Labels = ImmutableDictionary<string, string>.Empty };
        Assert.Equal((run, stay), DaemonNodes.Wants(SnapshotReader.Read(DaemonNodes.Pod(Set(), Make.Template("a"), "new")), node));
    }

    [Fact]
    public void A_node_in_trouble_keeps_its_daemons()
    {
        var node = new Node { Name = "n", Uid = "n", Allocatable = default, Taints = [new Taint("node.kubernetes.io/unreachable", "", "NoExecute"), new Taint("node.kubernetes.io/unschedulable", "", "NoSchedule")] };
        Assert.Equal((true, true), DaemonNodes.Wants(SnapshotReader.Read(DaemonNodes.Pod(Set(), Make.Template("a"), "new")), node));
    }

    [Fact]
    public void No_more_than_maxUnavailable_are_ever_away_and_the_rollout_ends() =>
        Gen.Select(Gen.Int[1, 8], Gen.Int[1, 100], Gen.Int[0, 1 << 20].Array[100]).Sample((count, percent, dice) =>
        {
            var set = Set(unavailable: $"{percent}%");
            var nodes = Enumerable.Range(0, count).Select(i => ($"n{i}", true, true)).ToArray();
            var pods = nodes.Select(n => Pod(n.Item1, "old")).ToList();
            var most = Math.Max(1, ((percent * count) + 99) / 100);
            foreach (var die in dice)
            {
                var plan = Plan(set, nodes, pods);
                pods.RemoveAll(p => plan.Delete.Contains(p));
                pods.AddRange(plan.Create.Select(n => Pod(n, ready: false)));
                Assert.True(count - pods.Count(p => p.Status.Conditions[0].Status == "True") <= most, "too many away");
                foreach (var (i, pod) in pods.Index())
                {
                    pod.Status.Conditions[0].Status = pod.Status.Conditions[0].Status == "True" || ((die >> i) & 1) == 1 ? "True" : "False";
                }
            }

            return Plan(set, nodes, pods).Status.UpdatedNumberScheduled == count;
        });

    private static DaemonPlan Plan(V1DaemonSet set, (string, bool, bool)[] nodes, IReadOnlyCollection<V1Pod> pods) => DaemonPlan.Compile(set, "new", nodes, pods, Make.Now);

    private static V1DaemonSet Set(string unavailable = "1", string? surge = null) => new()
    {
        Metadata = Make.Meta("ds"),
        Spec = new V1DaemonSetSpec
        {
            Selector = new V1LabelSelector { MatchLabels = Make.Labels("a") },
            Template = Make.Template("a"),
            UpdateStrategy = new V1DaemonSetUpdateStrategy { Type = "RollingUpdate", RollingUpdate = new V1RollingUpdateDaemonSet { MaxUnavailable = surge is null ? unavailable : "0", MaxSurge = surge } },
        },
    };

    private static V1Pod Pod(string node, string revision = "new", bool ready = true) =>
        Make.Pod($"{node}-{revision}", node: node, ready: ready, labels: new Dictionary<string, string>(Make.Labels("a")) { [Revision.HashLabel] = revision });
}
