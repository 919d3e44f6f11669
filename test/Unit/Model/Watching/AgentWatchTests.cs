using k8s;
using k8s.Models;
using Vitrine.Model.Watching;
using Vitrine.Unit.Control;
using Xunit;

namespace Vitrine.Unit.Model.Watching;

/// <summary>What the parts of a node hear of pods and policies, against a real API server.</summary>
public sealed class AgentWatchTests : BesideControlPlane
{
    private SnapshotFeed policies = null!, own = null!, nodes = null!;

    public override async ValueTask InitializeAsync()
    {
        await StartAsync(2);
        var watch = new AgentWatch(client, "n0", _ => { }, TimeProvider.System);
        policies = watch.Subscribe(WatchedKinds.AllPods | WatchedKinds.Policies | WatchedKinds.Namespaces);
        own = watch.Subscribe(WatchedKinds.Pods);
        nodes = watch.Subscribe(WatchedKinds.Nodes);
        running = watch.RunAsync(stop.Token);
    }

    [Fact]
    public async Task Policies_hear_of_all_pods_and_which_they_were_and_others_of_their_nodes_alone()
    {
        await plane.UntilAsync("the first lists", () => Task.FromResult(policies.Take() is not null && own.Take() is not null));
        await Task.WhenAll(PodAsync("here", "n0"), PodAsync("there", "n1"));
        var names = new HashSet<string>();
        await plane.UntilAsync("both pods", () =>
        {
            var (snapshot, changed) = policies.Take()!.Value;
            names.UnionWith(changed);
            return Task.FromResult(snapshot.Pods.Count == 2 && snapshot.Pods.Values.All(p => p.Addresses.Length > 0));
        });
        Assert.Equal(["default/here", "default/there"], names.Order(StringComparer.Ordinal));
        Assert.Equal(["default/here"], own.Take()!.Value.Snapshot.Pods.Keys);

        await plane.Client.CoreV1.DeleteNamespacedPodAsync("there", "default", gracePeriodSeconds: 0);
        await plane.UntilAsync("its going", () => Task.FromResult(policies.Take()!.Value is { Snapshot.Pods.Count: 1, Changed: { } gone } && gone.Contains("default/there")));
    }

    [Fact]
    public async Task Policies_of_both_kinds_come_change_and_go()
    {
        await plane.Client.NetworkingV1.CreateNamespacedNetworkPolicyAsync(new V1NetworkPolicy { Metadata = new V1ObjectMeta { Name = "wall" }, Spec = new V1NetworkPolicySpec { PodSelector = new V1LabelSelector() } }, "default");
        using var body = new StringContent(
            """{"apiVersion":"policy.networking.k8s.io/v1alpha2","kind":"ClusterNetworkPolicy","metadata":{"name":"tier"},"spec":{"tier":"Admin","priority":7,"subject":{"namespaces":{}},"ingress":[{"action":"Deny","from":[{"namespaces":{}}]}]}}""",
            System.Text.Encoding.UTF8, "application/json");
        using var answer = await plane.Client.HttpClient.PostAsync(new Uri(plane.Client.BaseUri, "apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies"), body);
        Assert.Equal(System.Net.HttpStatusCode.Created, answer.StatusCode);
        await plane.UntilAsync("both", () => Task.FromResult(policies.Take() is var (snapshot, _) && snapshot.NetworkPolicies.ContainsKey("default/wall") && snapshot.ClusterNetworkPolicies.GetValueOrDefault("tier") is { Priority: 7, Ingress.Length: 1 }));
        await plane.Client.NetworkingV1.DeleteNamespacedNetworkPolicyAsync("wall", "default");
        await plane.UntilAsync("its going", () => Task.FromResult(policies.Take() is var (snapshot, _) && snapshot.NetworkPolicies.IsEmpty));
    }

    [Fact]
    public async Task Pods_of_other_nodes_are_asked_for_once_a_policy_may_mean_them_and_no_plan_has_it_without_them()
    {
        var watch = new AgentWatch(client, "n0", _ => { }, TimeProvider.System);
        var peers = watch.Subscribe(WatchedKinds.PeerPods | WatchedKinds.Policies);
        var others = watch.RunAsync(stop.Token);
        await Task.WhenAll(PodAsync("here", "n0"), PodAsync("there", "n1"));
        await plane.UntilAsync("both pods, of whom asks for all", () => Task.FromResult(policies.Take()?.Snapshot.Pods.Count == 2));
        await plane.UntilAsync("the own pod", () => Task.FromResult(peers.Take()?.Snapshot.Pods.ContainsKey("default/here") == true));
        Assert.Equal(["default/here"], peers.Take()!.Value.Snapshot.Pods.Keys);

        await plane.Client.NetworkingV1.CreateNamespacedNetworkPolicyAsync(new V1NetworkPolicy { Metadata = new V1ObjectMeta { Name = "wall" }, Spec = new V1NetworkPolicySpec { PodSelector = new V1LabelSelector() } }, "default");
        await plane.UntilAsync("the policy", () =>
        {
            if (peers.Take() is not var (snapshot, _) || snapshot.NetworkPolicies.IsEmpty)
                return Task.FromResult(false);
            Assert.Equal(2, snapshot.Pods.Count);
            return Task.FromResult(true);
        });
        await stop.CancelAsync();
        await others.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task A_node_that_says_it_is_well_wakes_nobody()
    {
        // The controllers give a range and take a taint away, in their own time.
        await plane.UntilAsync("nodes as they stay", () => Task.FromResult(nodes.Take() is var (known, _) && known.Nodes.Count == 2 && known.Nodes.Values.All(n => n.Ready && !n.PodCidrs.IsEmpty && n.Taints.IsEmpty)));
        while (nodes.Signal.Reader.TryRead(out _))
        {
        }
        var before = nodes.Take()!.Value.Snapshot.Nodes;
        var patch = new V1Patch("""{"status":{"conditions":[{"type":"Ready","status":"True","lastHeartbeatTime":"2030-01-01T00:00:00Z","reason":"still"}]}}""", V1Patch.PatchType.StrategicMergePatch);
        await plane.Client.CoreV1.PatchNodeStatusAsync(patch, "n1");
        patch = new V1Patch("""{"metadata":{"labels":{"topology.kubernetes.io/zone":"b"}}}""", V1Patch.PatchType.StrategicMergePatch);
        await plane.Client.CoreV1.PatchNodeAsync(patch, "n0");
        await plane.UntilAsync("the label", () => Task.FromResult(nodes.Take()?.Snapshot.Nodes["n0"].Labels.ContainsKey("topology.kubernetes.io/zone") == true));
        // The report came before the label, and left the node the instance it was.
        Assert.Same(before["n1"], nodes.Take()!.Value.Snapshot.Nodes["n1"]);
    }

    private Task PodAsync(string name, string node) => plane.Client.CoreV1.CreateNamespacedPodAsync(
        new V1Pod { Metadata = new V1ObjectMeta { Name = name }, Spec = new V1PodSpec { NodeName = node, Containers = [new V1Container { Name = "c", Image = "i" }] } }, "default");
}
