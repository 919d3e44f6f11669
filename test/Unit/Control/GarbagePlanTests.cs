using Vitrine.Control.Garbage;
using Vitrine.Model.Watching;
using Xunit;

namespace Vitrine.Unit.Control;

public sealed class GarbagePlanTests
{
    private static readonly GarbageKind Kind = new("v1", "Pod", "pods", true);

    [Fact]
    public void What_has_a_living_owner_stays() => Assert.Equal(GarbageStep.Nothing, Step(Item("a", Owner("x")), OwnerState.Solid));

    [Fact]
    public void What_has_lost_its_owner_goes() => Assert.Equal(GarbageStep.Delete, Step(Item("a", Owner("x")), OwnerState.Absent));

    [Fact]
    public void What_has_no_owner_is_nobodys_business() => Assert.Equal(GarbageStep.Nothing, Step(Item("a"), OwnerState.Absent));

    [Fact]
    public void An_owner_that_cannot_be_looked_up_kills_nobody() => Assert.Equal(GarbageStep.Nothing, Step(Item("a", Owner("x")), OwnerState.Unknown));

    [Fact]
    public void One_living_owner_of_two_is_enough()
    {
        var plan = GarbagePlan.Compile(Item("a", Owner("x"), Owner("y")), o => o.Uid == "x" ? OwnerState.Solid : OwnerState.Absent, []);
        Assert.Equal((GarbageStep.Release, "y"), (plan.Step, Assert.Single(plan.DropOwners)));
    }

    [Fact]
    public void An_owner_in_the_foreground_waits_for_dependents_that_block_it()
    {
        var owner = Item("o") with { Deleting = true, Finalizers = [GarbageItem.ForegroundFinalizer] };
        Assert.Equal(GarbageStep.VisitDependents, GarbagePlan.Compile(owner, _ => OwnerState.Solid, [Item("d", Owner("o") with { Blocks = true })]).Step);
        Assert.Equal(GarbageStep.FinishForeground, GarbagePlan.Compile(owner, _ => OwnerState.Solid, [Item("d", Owner("o"))]).Step);
    }

    [Fact]
    public void The_foreground_goes_down_the_tree()
    {
        var plan = GarbagePlan.Compile(Item("rs", Owner("deploy")), _ => OwnerState.WaitsForDependents, [Item("pod", Owner("rs"))]);
        Assert.Equal((GarbageStep.Delete, "Foreground"), (plan.Step, plan.Propagation));
        Assert.Equal("Background", GarbagePlan.Compile(Item("rs", Owner("deploy")), _ => OwnerState.WaitsForDependents, []).Propagation);
    }

    [Fact]
    public void Orphaning_comes_before_everything() =>
        Assert.Equal(GarbageStep.OrphanDependents, Step(Item("a") with { Deleting = true, Finalizers = [GarbageItem.OrphanFinalizer] }, OwnerState.Solid));

    [Fact]
    public void The_death_of_an_owner_calls_for_a_look_at_its_dependents()
    {
        var graph = new GarbageGraph();
        graph.Apply(Kind, new(WatchChangeKind.Replaced, [Item("o"), Item("d", Owner("o"))]));
        Assert.Equal(["d"], graph.Apply(Kind, new(WatchChangeKind.Deleted, [Item("o")])));
    }

    [Fact]
    public void The_death_of_a_dependent_calls_for_a_look_at_its_owner()
    {
        var graph = new GarbageGraph();
        graph.Apply(Kind, new(WatchChangeKind.Replaced, [Item("o"), Item("d", Owner("o"))]));
        Assert.Contains("o", graph.Apply(Kind, new(WatchChangeKind.Replaced, [Item("o")])));
        Assert.Empty(graph.DependentsOf("o"));
    }

    private static GarbageStep Step(GarbageItem item, OwnerState state) => GarbagePlan.Compile(item, _ => state, []).Step;

    private static GarbageItem Item(string uid, params OwnerEdge[] owners) => new() { Kind = Kind, Namespace = "default", Name = uid, Uid = uid, Owners = owners };

    private static OwnerEdge Owner(string uid) => new("v1", "Pod", uid, uid, true, false);
}
