using k8s;
using k8s.Models;
using Vitrine.Model.Watching;
using Xunit;

namespace Vitrine.Unit.Control;

/// <summary>Ingresses with the whole control plane: class, door, status, events.</summary>
public sealed class IngressControllerTests : IAsyncLifetime
{
    private const string Address = "192.0.2.100";
    private ControlPlane plane = null!;

    public async ValueTask InitializeAsync() => plane = await ControlPlane.StartAsync();

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Fact]
    public async Task An_Ingress_of_our_class_opens_the_door_and_gets_its_address_and_the_last_one_closes_it()
    {
        await plane.UntilAsync("the class", async () => (await plane.Client.NetworkingV1.ListIngressClassAsync()).Items.Any(c => c is { Metadata.Name: "vitrine", Spec.Controller: "vitrine.dev/ingress" }));
        await AddressNodesAsync();
        await plane.Client.NetworkingV1.CreateNamespacedIngressAsync(Ingress("a", "vitrine"), "default");
        await plane.UntilAsync("the address", async () => await AddressAsync("a") == Address);
        var service = await plane.Client.CoreV1.ReadNamespacedServiceAsync("vitrine-ingress", "kube-system");
        Assert.Equal("Local", service.Spec.ExternalTrafficPolicy);
        var slice = await plane.Client.DiscoveryV1.ReadNamespacedEndpointSliceAsync("vitrine-ingress-ipv4", "kube-system");
        Assert.Equal(["n0 198.51.100.0", "n1 198.51.100.1"], slice.Endpoints.Select(e => $"{e.NodeName} {e.Addresses[0]}"));
        Assert.Equal([("http", 10080), ("https", 10443)], slice.Ports.Select(p => (p.Name, p.Port!.Value)));

        var other = FieldOwners.Dropped(await plane.Client.NetworkingV1.ReadNamespacedIngressAsync("a", "default"));
        other.Spec.IngressClassName = "else";
        await plane.Client.NetworkingV1.ReplaceNamespacedIngressAsync(other, "a", "default");
        await plane.UntilAsync("no address", async () => await AddressAsync("a") is null);
        await plane.UntilAsync("no door", async () => (await plane.Client.CoreV1.ListNamespacedServiceAsync("kube-system")).Items.All(s => s.Metadata.Name != "vitrine-ingress"));
        await plane.UntilAsync("no slices", async () => (await plane.Client.DiscoveryV1.ListNamespacedEndpointSliceAsync("kube-system")).Items.All(s => !s.Metadata.Name.StartsWith("vitrine-ingress", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_cannot_be_done_is_told_by_an_event_at_the_object()
    {
        await plane.Client.NetworkingV1.CreateNamespacedIngressAsync(Ingress("unknown", "nginx"), "default");
        await plane.Client.NetworkingV1.CreateNamespacedIngressAsync(Ingress("none", null), "default");
        var odd = Ingress("odd", "vitrine");
        odd.Metadata.Annotations = new Dictionary<string, string> { ["nginx.ingress.kubernetes.io/configuration-snippet"] = "deny all;" };
        odd.Spec.Tls = [new V1IngressTLS { SecretName = "absent" }];
        await plane.Client.NetworkingV1.CreateNamespacedIngressAsync(odd, "default");
        await plane.Client.CoreV1.CreateNamespacedServiceAsync(new V1Service
        {
            Metadata = new V1ObjectMeta { Name = "picky", Annotations = new Dictionary<string, string> { ["vitrine.dev/max-requests"] = "many" } },
            Spec = new V1ServiceSpec { Ports = [new V1ServicePort { Port = 80 }] },
        }, "default");
        var fine = Ingress("fine", "vitrine");
        fine.Spec.Rules[0].Http.Paths[0].Backend.Service.Name = "picky";
        await plane.Client.NetworkingV1.CreateNamespacedIngressAsync(fine, "default");
        await EventAsync("unknown", "IngressClassNotFound", "no controller serves class \"nginx\"");
        await EventAsync("none", "NoIngressClass", "set spec.ingressClassName: vitrine");
        await EventAsync("odd", "UnsupportedAnnotation", "configuration-snippet: not supported");
        await EventAsync("odd", "InvalidCertificateRef", "spec.tls[0].secretName: secret/default/absent does not exist");
        await EventAsync("odd", "BackendNotFound", "spec.rules[0].http.paths[0].backend.service.name: service/default/web does not exist");
        await EventAsync("picky", "InvalidAnnotation", "vitrine.dev/max-requests: many", "Service");
    }

    private Task EventAsync(string name, string reason, string part, string kind = "Ingress") => plane.UntilAsync($"{name}: {reason}", async () =>
        (await plane.Client.CoreV1.ListNamespacedEventAsync("default", fieldSelector: $"involvedObject.name={name},involvedObject.kind={kind}")).Items.Any(e => e.Reason == reason && e.Message.Contains(part, StringComparison.Ordinal)));

    private async Task<string?> AddressAsync(string name) => (await plane.Client.NetworkingV1.ReadNamespacedIngressAsync(name, "default")).Status?.LoadBalancer?.Ingress?.FirstOrDefault()?.Ip;

    private async Task AddressNodesAsync()
    {
        for (var i = 0; i < 2; i++)
        {
            await plane.Client.CoreV1.PatchNodeStatusAsync(new V1Patch("{\"status\":{\"addresses\":[{\"type\":\"InternalIP\",\"address\":\"198.51.100." + i + "\"}]}}", V1Patch.PatchType.StrategicMergePatch), $"n{i}");
        }
    }

    private static V1Ingress Ingress(string name, string? className) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "default" },
        Spec = new V1IngressSpec
        {
            IngressClassName = className,
            Rules = [new V1IngressRule { Host = $"{name}.example", Http = new V1HTTPIngressRuleValue { Paths = [new V1HTTPIngressPath { Path = "/", PathType = "Prefix", Backend = new V1IngressBackend { Service = new V1IngressServiceBackend { Name = "web", Port = new V1ServiceBackendPort { Number = 80 } } } }] } }],
        },
    };
}
