using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Nodes;
using CsCheck;
using k8s;
using k8s.Models;
using Vitrine.Model.Explain;
using Vitrine.Model.Explain.Policies;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Policies;
using Vitrine.Model.Snapshot;
using Vitrine.Unit.Model.Explain;
using Xunit;

namespace Vitrine.Unit.Model.Policies;

public sealed class PolicyRemedyTests
{
    private static readonly (Transport Transport, byte Number)[] Protocols = [(Transport.Tcp, 6), (Transport.Udp, 17), (Transport.Icmp, 1)];

    /// <summary>What is refused passes once its remedy's command was run, whatever policies there are.</summary>
    [Fact]
    public void Every_remedy_opens_what_it_is_for()
    {
        var refusals = 0;
        Gen.Int.Sample(
            seed =>
            {
                var world = PolicyWorld.Of(new Random(seed));
                var snapshot = world.Snapshot(ClusterSnapshot.Empty);
                var (plan, scene) = (PolicyPlan.Compile(snapshot, "node-1"), new Scene(snapshot, ImmutableDictionary<string, RoutePlan>.Empty, Observations.None));
                string[] peers = [.. world.Pods.Values.SelectMany(p => p.Status.PodIPs.Select(a => a.Ip)).Concat(["10.0.1.2", "10.96.0.10", "10.244.1.0", "192.0.2.7", "2001:db8::1"]).Distinct()];
                foreach (var pod in plan.Pods.Keys.Select(k => snapshot.Pods[k]))
                    foreach (var peer in peers.Select(IPAddress.Parse))
                        foreach (var (transport, number) in Protocols)
                            foreach (var direction in Enum.GetValues<PolicyDirection>())
                            {
                                var port = transport == Transport.Icmp ? 0 : 81;
                                var decision = plan.Decide(pod.Key, direction, peer, number, port)!;
                                if (decision.Allowed)
                                    continue;
                                var refusal = new Refusal(pod, direction, peer, new Packet(peer, peer, transport, port, 84), decision);
                                var after = PolicyPlan.Compile(Written(world, snapshot, PolicyRemedy.Of(scene, refusal).Command), "node-1");
                                if (!after.Decide(pod.Key, direction, peer, number, port)!.Allowed)
                                    Assert.Fail($"seed {seed}: {direction} of {pod.Key}, peer {peer}, {transport} {port} stays closed after {PolicyRemedy.Of(scene, refusal).Command}\n{plan}");
                                Interlocked.Increment(ref refusals);
                            }
            },
            iter: 40);
        Assert.True(refusals > 1000, $"{refusals} refusals");
    }

    /// <summary>DNS of other nodes and the gateway's connections into tunnels have one address.</summary>
    [Theory]
    [InlineData(PolicyDirection.Egress, "service/kube-system/kube-dns")]
    [InlineData(PolicyDirection.Ingress, "service/kube-system/vitrine-ingress")]
    public void Who_is_asked_at_a_nodes_range_is_DNS_and_who_asks_from_there_is_the_gateway(PolicyDirection direction, string party)
    {
        var world = PolicyWorld.Of(new Random(1));
        var snapshot = world.Snapshot(ClusterSnapshot.Empty);
        var gateway = new Service { Namespace = "kube-system", Name = "vitrine-ingress", Uid = "g" };
        var scene = new Scene(snapshot with { Services = snapshot.Services.Add(gateway.Key, gateway) }, ImmutableDictionary<string, RoutePlan>.Empty, Observations.None);
        var peer = IPAddress.Parse("10.244.2.0");
        Assert.Equal(party, new Refusal(snapshot.Pods.Values.First(), direction, peer, new Packet(peer, peer, Transport.Udp, 53, 84), PolicyPlan.Compile(snapshot, "node-1").Decide("", direction, peer, 17, 53)!).Party(scene)?.Owner);
    }

    private static ClusterSnapshot Written(PolicyWorld world, ClusterSnapshot snapshot, string command)
    {
        foreach (var policy in Remedies.Written(command))
            return snapshot with { NetworkPolicies = snapshot.NetworkPolicies.Add(policy.Key, policy) };
        var name = command.Split(' ')[3];
        if (command.Contains("clusternetworkpolicy", StringComparison.Ordinal))
        {
            var value = world.ClusterPolicies[name].DeepClone().AsObject();
            Remedies.Patch(command, value);
            return snapshot with { ClusterNetworkPolicies = snapshot.ClusterNetworkPolicies.SetItem(name, ClusterPolicyReader.Read(System.Text.Json.JsonSerializer.SerializeToElement(value))) };
        }
        var policyValue = JsonNode.Parse(KubernetesJson.Serialize(world.Policies[name]))!.AsObject();
        Remedies.Patch(command, policyValue);
        var patched = PolicyReader.Read(KubernetesJson.Deserialize<V1NetworkPolicy>(policyValue.ToJsonString()));
        return snapshot with { NetworkPolicies = snapshot.NetworkPolicies.SetItem(patched.Key, patched) };
    }
}
