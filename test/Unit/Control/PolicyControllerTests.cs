using System.Text;
using k8s;
using k8s.Models;
using Xunit;

namespace Vitrine.Unit.Control;

public sealed class PolicyControllerTests : IAsyncLifetime
{
    private ControlPlane plane = null!;

    public async ValueTask InitializeAsync() => plane = await ControlPlane.StartAsync();

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Fact]
    public async Task A_policy_that_selects_nothing_is_told_once_and_one_that_does_is_not()
    {
        await plane.Client.CoreV1.CreateNamespacedPodAsync(new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = "web", Labels = new Dictionary<string, string> { ["app"] = "web" } }, Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Image = "i" }] },
        }, "default");
        foreach (var (name, app) in new[] { ("good", "web"), ("idle", "wbe") })
            await plane.Client.NetworkingV1.CreateNamespacedNetworkPolicyAsync(new V1NetworkPolicy
            {
                Metadata = new V1ObjectMeta { Name = name }, Spec = new V1NetworkPolicySpec { PodSelector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = app } } },
            }, "default");
        await plane.UntilAsync("the event", async () => (await EventsAsync()).Count > 0);
        await plane.Client.CoreV1.CreateNamespacedPodAsync(new V1Pod { Metadata = new V1ObjectMeta { Name = "other" }, Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Image = "i" }] } }, "default");
        await Task.Delay(2000);
        var told = Assert.Single(await EventsAsync());
        Assert.Equal(("idle", "Warning", "SelectsNothing", "spec.podSelector: no pod of namespace default has labels app=wbe: nothing is isolated by it", 1), (told.InvolvedObject.Name, told.Type, told.Reason, told.Message, told.Count));
    }

    [Fact]
    public async Task So_is_one_of_the_whole_cluster()
    {
        await plane.Client.CoreV1.CreateNamespacedPodAsync(new V1Pod { Metadata = new V1ObjectMeta { Name = "web" }, Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Image = "i" }] } }, "default");
        var made = await plane.Client.HttpClient.PostAsync(new Uri(plane.Client.BaseUri, "apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies"), new StringContent("""
            {"apiVersion": "policy.networking.k8s.io/v1alpha2", "kind": "ClusterNetworkPolicy", "metadata": {"name": "idle"},
             "spec": {"tier": "Admin", "priority": 1, "subject": {"namespaces": {"matchLabels": {"team": "nobody"}}}, "ingress": [{"action": "Deny", "from": [{"namespaces": {}}]}]}}
            """, Encoding.UTF8, "application/json"));
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync());
        await plane.UntilAsync("the event", async () => (await EventsAsync("ClusterNetworkPolicy")).Count > 0);
        var told = Assert.Single(await EventsAsync("ClusterNetworkPolicy"));
        Assert.Equal(("idle", "SelectsNothing", "spec.subject: no namespace has labels team=nobody: nothing is isolated by it"), (told.InvolvedObject.Name, told.Reason, told.Message));
    }

    private async Task<IList<Corev1Event>> EventsAsync(string kind = "NetworkPolicy") =>
        [.. (await plane.Client.CoreV1.ListNamespacedEventAsync("default")).Items.Where(e => e.InvolvedObject.Kind == kind && e.Source.Component == "vitrine-policy")];
}
