using k8s;
using k8s.Models;
using Xunit;

namespace Vitrine.Unit.Control.Endpoints;

/// <summary>The lists of endpoints in a whole control plane.</summary>
public sealed class EndpointsLoopTests : IAsyncLifetime
{
    private ControlPlane plane = null!;

    private Kubernetes Client => plane.Client;

    public async ValueTask InitializeAsync() => plane = await ControlPlane.StartAsync();

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Fact]
    public async Task They_follow_the_pods_and_go_with_the_Service()
    {
        await ServiceAsync("web", s => s.Selector = Make.Labels("a"));
        await plane.UntilAsync("an empty slice", async () => await SlicesAsync("web") is [{ Endpoints.Count: 0 }]);
        await Client.AppsV1.CreateNamespacedDeploymentAsync(Deployment(3), "default");
        await plane.UntilAsync("three endpoints", async () => await ReadyAsync("web") == 3 && (await EndpointsAsync("web")).Subsets?.Sum(s => s.Addresses?.Count ?? 0) == 3);
        var slice = Assert.Single(await SlicesAsync("web"));

        var victim = (await plane.PodsAsync("app=a"))[0];
        await Client.CoreV1.PatchNamespacedPodStatusAsync(
            new V1Patch("""{"status":{"conditions":[{"type":"Ready","status":"False"}]}}""", V1Patch.PatchType.StrategicMergePatch), victim.Metadata.Name, "default");
        await plane.UntilAsync("one is not ready", async () => await ReadyAsync("web") == 2 && (await EndpointsAsync("web")).Subsets[0].NotReadyAddresses?.Count == 1);
        Assert.Equal(slice.Metadata.Uid, (await SlicesAsync("web"))[0].Metadata.Uid);

        await Client.CoreV1.DeleteNamespacedServiceAsync("web", "default");
        await plane.UntilAsync("nothing is left", async () => (await SlicesAsync("web")).Count == 0 && (await Client.CoreV1.ListNamespacedEndpointsAsync("default")).Items.All(e => e.Metadata.Name != "web"));
    }

    [Fact]
    public async Task Hand_made_ones_are_mirrored()
    {
        await ServiceAsync("ext", s => s.Selector = null);
        V1Endpoints made = new()
        {
            ApiVersion = "v1",
            Kind = "Endpoints",
            Metadata = new V1ObjectMeta { Name = "ext" },
            Subsets = [new V1EndpointSubset { Addresses = [new V1EndpointAddress { Ip = "192.0.2.7" }], Ports = [new Corev1EndpointPort { Port = 80 }] }],
        };
        await Client.CoreV1.CreateNamespacedEndpointsAsync(made, "default");
        await plane.UntilAsync("a mirror", async () => await SlicesAsync("ext") is [{ Endpoints: [{ Addresses: ["192.0.2.7"] }] }]);
        await Client.CoreV1.DeleteNamespacedEndpointsAsync("ext", "default");
        await plane.UntilAsync("no mirror", async () => (await SlicesAsync("ext")).Count == 0);
    }

    [Fact]
    public async Task A_slice_somebody_spoils_is_made_good()
    {
        await ServiceAsync("web", s => s.Selector = Make.Labels("a"));
        await Client.AppsV1.CreateNamespacedDeploymentAsync(Deployment(2), "default");
        await plane.UntilAsync("two endpoints", async () => await ReadyAsync("web") == 2);
        var slice = (await SlicesAsync("web"))[0];
        await Client.DiscoveryV1.PatchNamespacedEndpointSliceAsync(new V1Patch("""{"endpoints":[]}""", V1Patch.PatchType.MergePatch), slice.Metadata.Name, "default");
        await plane.UntilAsync("two again", async () => await ReadyAsync("web") == 2);
        await Client.DiscoveryV1.DeleteNamespacedEndpointSliceAsync(slice.Metadata.Name, "default");
        await plane.UntilAsync("two once more", async () => await ReadyAsync("web") == 2);
    }

    [Fact]
    public async Task The_API_servers_own_Service_is_there_and_comes_back()
    {
        await plane.UntilAsync("it is there", async () => (await Client.CoreV1.ListNamespacedServiceAsync("default")).Items is [{ Metadata.Name: "kubernetes", Spec.ClusterIP: "10.96.0.1" }]);
        await plane.UntilAsync("its endpoint", async () => await SlicesAsync("kubernetes") is [{ Endpoints: [{ Addresses: ["192.0.2.1"] }], Ports: [{ Port: 6443 }] }]);
        await Client.CoreV1.DeleteNamespacedServiceAsync("kubernetes", "default");
        await plane.UntilAsync("it is back", async () => (await Client.CoreV1.ListNamespacedServiceAsync("default")).Items is [{ Spec.ClusterIP: "10.96.0.1" }]);
    }

    [Fact]
    public async Task A_balancer_gets_an_address_and_gives_it_back()
    {
        await ServiceAsync("lb", s => s.Type = "LoadBalancer");
        await plane.UntilAsync("an address", async () => await AddressAsync("lb") == "192.0.2.100");
        await ServiceAsync("second", s => s.Type = "LoadBalancer");
        await plane.UntilAsync("the pool is used up", async () => (await Client.CoreV1.ListNamespacedEventAsync("default")).Items.Any(e => e.InvolvedObject.Name == "second" && e.Reason == "AllocationFailed" && e.Message.Contains("no IPv4 address is free", StringComparison.Ordinal)));
        Assert.Null(await AddressAsync("second"));
        await Client.CoreV1.DeleteNamespacedServiceAsync("lb", "default");
        await plane.UntilAsync("the other has it now", async () => await AddressAsync("second") == "192.0.2.100");
        Assert.Contains("service.kubernetes.io/load-balancer-cleanup", (await Client.CoreV1.ReadNamespacedServiceAsync("second", "default")).Metadata.Finalizers);
        await Client.CoreV1.PatchNamespacedServiceAsync(new V1Patch("""{"spec":{"type":"ClusterIP"}}""", V1Patch.PatchType.MergePatch), "second", "default");
        await plane.UntilAsync("it has let go", async () => await Client.CoreV1.ReadNamespacedServiceAsync("second", "default") is { Metadata.Finalizers: null or { Count: 0 }, Status.LoadBalancer.Ingress: null or { Count: 0 } });
    }

    private async Task<string?> AddressAsync(string name) => (await Client.CoreV1.ReadNamespacedServiceAsync(name, "default")).Status?.LoadBalancer?.Ingress?.FirstOrDefault()?.Ip;

    private Task ServiceAsync(string name, Action<V1ServiceSpec> change)
    {
        V1ServiceSpec spec = new() { Ports = [new V1ServicePort { Port = 80 }] };
        change(spec);
        return Client.CoreV1.CreateNamespacedServiceAsync(new V1Service { ApiVersion = "v1", Kind = "Service", Metadata = new V1ObjectMeta { Name = name }, Spec = spec }, "default");
    }

    private async Task<IList<V1EndpointSlice>> SlicesAsync(string service) => (await Client.DiscoveryV1.ListNamespacedEndpointSliceAsync("default", labelSelector: $"kubernetes.io/service-name={service}")).Items;

    private async Task<int> ReadyAsync(string service) => (await SlicesAsync(service)).Sum(s => s.Endpoints.Count(e => e.Conditions.Ready == true));

    private Task<V1Endpoints> EndpointsAsync(string service) => Client.CoreV1.ReadNamespacedEndpointsAsync(service, "default");

    private static V1Deployment Deployment(int replicas) => new()
    {
        ApiVersion = "apps/v1",
        Kind = "Deployment",
        Metadata = new V1ObjectMeta { Name = "web" },
        Spec = new V1DeploymentSpec { Replicas = replicas, Selector = new V1LabelSelector { MatchLabels = Make.Labels("a") }, Template = Make.Template("a") },
    };
}
