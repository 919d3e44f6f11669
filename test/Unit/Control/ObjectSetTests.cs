using k8s.Models;
using Vitrine.Control;
using Vitrine.Control.Pods;
using Vitrine.Model.Watching;
using Xunit;

namespace Vitrine.Unit.Control;

public sealed class ObjectSetTests
{
    private static readonly V1ObjectMeta Owner = Make.Meta("rs");

    [Fact]
    public void A_part_that_did_not_change_is_the_same_instance()
    {
        var set = Set(Make.Pod("mine", Owner), Make.Pod("orphan"));
        var next = set.Apply(new(WatchChangeKind.Upserted, [Make.Pod("orphan", ready: false)]));
        Assert.Same(set.OwnedBy(Owner.Uid), next.OwnedBy(Owner.Uid));
        Assert.NotSame(set.Orphans("default"), next.Orphans("default"));
    }

    [Fact]
    public void An_adopted_object_changes_groups()
    {
        var set = Set(Make.Pod("p")).Apply(new(WatchChangeKind.Upserted, [Make.Pod("p", Owner)]));
        Assert.Single(set.OwnedBy(Owner.Uid));
        Assert.Empty(set.Orphans("default"));
    }

    [Fact]
    public void What_a_new_list_does_not_have_is_gone() =>
        Assert.Equal(["default/b"], Set(Make.Pod("a")).Apply(new(WatchChangeKind.Replaced, [Make.Pod("b")])).All.Keys);

    [Fact]
    public void Of_some_objects_only_one_that_is_no_longer_of_them_is_gone()
    {
        static bool Owned(V1Pod pod) => pod.Metadata.OwnerReferences is { Count: > 0 };
        var set = ObjectSet<V1Pod>.Empty.Apply(new WatchChange<V1Pod>(WatchChangeKind.Replaced, [Make.Pod("a", Owner), Make.Pod("b")]).Only(Owned));
        Assert.Equal(["default/a"], set.All.Keys);
        Assert.Same(set.All, set.Apply(new WatchChange<V1Pod>(WatchChangeKind.Upserted, [Make.Pod("c")]).Only(Owned)).All);
        Assert.Empty(set.Apply(new WatchChange<V1Pod>(WatchChangeKind.Upserted, [Make.Pod("a")]).Only(Owned)).All);
    }

    [Fact]
    public void A_creation_is_expected_until_its_version_was_seen()
    {
        var expectations = new Expectations(TimeProvider.System);
        expectations.Created(Owner.Uid, "7");
        Assert.False(expectations.AreMet(Owner.Uid, Set(Make.Pod("a", Owner))));
        var other = Make.Pod("b");
        other.Metadata.ResourceVersion = "7";
        Assert.True(expectations.AreMet(Owner.Uid, Set(other)));
    }

    [Fact]
    public void A_deletion_is_expected_until_the_pod_is_seen_going()
    {
        var expectations = new Expectations(TimeProvider.System);
        var pod = Make.Pod("a", Owner);
        expectations.Deleted(Owner.Uid, pod.Metadata.Uid);
        Assert.False(expectations.AreMet(Owner.Uid, Set(pod)));
        var going = Make.Pod("a", Owner);
        going.Metadata.DeletionTimestamp = Make.Now;
        Assert.True(expectations.AreMet(Owner.Uid, Set(going)));
    }

    private static ObjectSet<V1Pod> Set(params V1Pod[] pods) => ObjectSet<V1Pod>.Empty.Apply(new(WatchChangeKind.Replaced, pods));
}
