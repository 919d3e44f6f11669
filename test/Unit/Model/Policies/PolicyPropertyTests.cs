using System.Net;
using CsCheck;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Policies;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Unit.Model.Policies;

public sealed class PolicyPropertyTests
{
    private static readonly (string Name, byte Number)[] Protocols = [("TCP", 6), ("UDP", 17), ("SCTP", 132), ("ICMP", 1)];
    private static readonly int[] Ports = [1, 53, 80, 81, 8080, 65535];

    /// <summary>About 100 worlds of some 900 packets.</summary>
    [Fact]
    public void A_plan_decides_as_the_documentation_reads()
    {
        var (checks, allowed) = (0, 0);
        Gen.Int.Sample(
            seed =>
            {
                var world = PolicyWorld.Of(new Random(seed));
                var snapshot = world.Snapshot(ClusterSnapshot.Empty);
                var (plan, judge) = (PolicyPlan.Compile(snapshot, "node-1"), new NaiveJudge(world));
                string[] peers = [.. world.Pods.Values.SelectMany(p => p.Status.PodIPs.Select(a => a.Ip)).Concat(["10.0.1.1", "10.0.1.2", "10.96.0.10", "10.244.1.0", "192.0.2.7", "192.0.2.200", "198.51.100.1", "2001:db8::1"]).Distinct()];
                foreach (var pod in plan.Pods.Keys.Select(k => world.Pods[k]))
                    foreach (var peer in peers)
                        foreach (var (name, number) in Protocols)
                            foreach (var port in name == "ICMP" ? [0] : Ports)
                                foreach (var direction in Enum.GetValues<PolicyDirection>())
                                {
                                    var decision = plan.Decide(PolicyWorld.Key(pod), direction, IPAddress.Parse(peer), number, port)!;
                                    var want = judge.Allows(pod, direction == PolicyDirection.Ingress, peer, name, port);
                                    if (decision.Allowed != want)
                                        Assert.Fail($"seed {seed}: {direction} of {PolicyWorld.Key(pod)}, peer {peer}, {name} {port}: plan {decision.Allowed}, documentation {want}\n{plan}");
                                    Interlocked.Increment(ref checks);
                                    if (want)
                                        Interlocked.Increment(ref allowed);
                                }
            },
            iter: 120);
        Assert.True(checks > 20_000, $"{checks} checks");
        Assert.InRange(allowed, checks / 10, checks * 9 / 10);
    }

    /// <summary>However a cluster came to be what it is, the plan is the one of the cluster; and what is the same is the same instance.</summary>
    [Fact]
    public void A_plan_made_step_by_step_is_the_plan_made_at_once() =>
        Gen.Int.Sample(
            seed =>
            {
                var random = new Random(seed);
                var world = PolicyWorld.Of(random);
                var snapshot = world.Snapshot(ClusterSnapshot.Empty);
                var plan = PolicyPlan.Compile(snapshot, "node-1");
                for (var i = 0; i < 25; i++)
                {
                    var changed = world.Step();
                    snapshot = world.Snapshot(snapshot);
                    var next = PolicyPlan.Compile(snapshot, "node-1", plan, random.Next(2) == 0 ? changed : null);
                    var whole = PolicyPlan.Compile(snapshot, "node-1");
                    if (whole.ToString() != next.ToString())
                        Assert.Fail($"seed {seed}, step {i}: at once\n{whole}\nstep by step\n{next}\nbefore\n{plan}");
                    Unchanged(plan, next);
                    plan = next;
                }
            },
            iter: 60);

    private static void Unchanged(PolicyPlan before, PolicyPlan after)
    {
        var isolations = before.Pods.Values.SelectMany(p => new[] { p.Ingress, p.Egress }).Distinct().ToDictionary(i => i);
        foreach (var isolation in after.Pods.Values.SelectMany(p => new[] { p.Ingress, p.Egress }))
            Assert.True(!isolations.TryGetValue(isolation, out var held) || ReferenceEquals(held, isolation));
        foreach (var (key, group) in after.Groups)
            if (before.Groups.TryGetValue(key, out var held) && held.Pods.Count == group.Pods.Count && held.Pods.All(p => group.Pods.TryGetValue(p.Key, out var owner) && owner == p.Value))
                Assert.Same(held, group);
        foreach (var (key, pod) in after.Pods)
            if (before.Pods.TryGetValue(key, out var held) && held == pod)
                Assert.Same(held, pod);
    }
}
