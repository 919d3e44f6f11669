using System.Net;
using Vitrine.Dataplane.Apply.Services;
using Vitrine.Linux.Interop;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Services;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Unit.Dataplane;

public sealed class ServiceApplyTests
{
    private static readonly ServiceRules Rules = new() { ServiceRanges = [IPNetwork.Parse("10.96.0.0/24")] };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void However_a_table_came_to_be_it_says_what_the_plan_says(int seed)
    {
        var skeleton = new ServiceSkeleton(ipv6: true);
        var table = new FakeServiceTable(skeleton);
        var apply = new ServiceApply(table, skeleton);
        var random = new Random(seed);
        var cluster = new RandomServices(seed);
        ServicePlan? plan = null;
        for (var i = 0; i < 300; i++)
        {
            var changed = new HashSet<string> { cluster.Step(), cluster.Step() };
            plan = ServicePlan.Compile(cluster.Snapshot, "node-1", Rules, plan, plan is null ? null : changed);
            var kept = apply.Plan is not null;
            switch (random.Next(12))
            {
                case 0:
                    table.Flush();
                    apply.Verify(plan);
                    break;
                case 1:
                    // A new process.
                    apply = new ServiceApply(table, skeleton);
                    apply.Verify(plan);
                    Assert.Equal(0, apply.Verify(plan));
                    break;
                default:
                    apply.Update(plan, kept ? changed : null);
                    break;
            }
            var fresh = new FakeServiceTable(skeleton);
            new ServiceApply(fresh, skeleton).Update(plan);
            Assert.Equal(ServiceTableText.Write(skeleton, fresh.Read()!), ServiceTableText.Write(skeleton, table.Read()!));
        }
    }

    [Fact]
    public void A_cold_start_is_many_transactions_and_a_change_is_one()
    {
        var skeleton = new ServiceSkeleton(ipv6: true);
        var table = new FakeServiceTable(skeleton);
        var apply = new ServiceApply(table, skeleton);
        var snapshot = ClusterSnapshot.Empty;
        for (var i = 0; i < 6000; i++)
            snapshot = snapshot with { Services = snapshot.Services.Add($"d/s{i}", new Service { Namespace = "d", Name = $"s{i}", Uid = "", ClusterIPs = [IPAddress.Parse($"10.96.{i / 250}.{i % 250}")], Ports = [new ServicePort("", "TCP", 80, "", 0), new ServicePort("x", "UDP", 80, "", 0)] }) };
        var plan = ServicePlan.Compile(snapshot, "node-1", Rules);
        apply.Update(plan);
        Assert.InRange(table.Commits, 3, 20);
        var before = table.Commits;
        snapshot = snapshot.With(new EndpointSlice { Namespace = "d", Name = "s7-a", ServiceName = "s7", Ports = [new EndpointPort("", "TCP", 1)], Endpoints = [new Endpoint { Address = IPAddress.Parse("10.1.1.1") }] });
        plan = ServicePlan.Compile(snapshot, "node-1", Rules, plan, new HashSet<string> { "d/s7" });
        Assert.InRange(apply.Update(plan, new HashSet<string> { "d/s7" }), 2, 3);
        Assert.Equal(before + 1, table.Commits);
        Assert.Equal(0, apply.Update(plan));
    }

    [Fact]
    public void What_the_kernel_refuses_is_tried_again_against_what_is_really_there()
    {
        var skeleton = new ServiceSkeleton(ipv6: false);
        var table = new FakeServiceTable(skeleton);
        var apply = new ServiceApply(table, skeleton);
        var cluster = new RandomServices(9);
        for (var i = 0; i < 30; i++)
            cluster.Step();
        apply.Update(ServicePlan.Compile(cluster.Snapshot, "node-1", Rules));
        // A foreign hand, of which nobody told.
        table.Flush();
        table.Create();
        cluster.Step();
        var plan = ServicePlan.Compile(cluster.Snapshot with { Services = cluster.Snapshot.Services.Clear() }, "node-1", Rules);
        Assert.Throws<LinuxException>(() => apply.Update(plan));
        Assert.Null(apply.Plan);
        apply.Update(plan);
        Assert.Equal(0, apply.Verify(plan));
    }

    [Fact]
    public void Backends_keep_their_places_and_places_have_no_gap()
    {
        var group = new GroupState(1);
        var random = new Random(4);
        for (var step = 0; step < 500; step++)
        {
            var before = group.Places.ToArray();
            var wanted = Enumerable.Range(1, 20).Where(_ => random.Next(3) > 0).Select(i => new Backend(IPAddress.Parse($"10.0.0.{i}"), 80, false, "", "")).ToArray();
            group.Set(wanted, step % 2 * 50);
            Assert.Equal(wanted.Select(b => b.EndPoint.ToString()).Order(), group.Places.Select(p => p.Backend.EndPoint.ToString()).Order());
            Assert.Equal(group.Places.Count, group.Places.Select(p => p.Sticky).Distinct().Count());
            // Only gaps and what comes from the end change.
            var gone = before.Count(b => !wanted.Any(w => w.EndPoint.Equals(b.Backend.EndPoint)));
            var kept = before.Zip(group.Places).Count(p => p.First.Backend.EndPoint.Equals(p.Second.Backend.EndPoint));
            Assert.True(kept >= Math.Min(before.Length, group.Places.Count) - gone);
        }
    }
}
