using System.Net;
using k8s;
using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Control.Ending;
using Vitrine.Control.Services;
using Vitrine.Model.Plans;
using Xunit;

namespace Vitrine.Unit.Control.Ending;

/// <summary>What the controllers wrote, found and taken back; those of the control plane under it are of another mind about what comes next, so each is looked at once.</summary>
public sealed class NetworkTracesTests : IAsyncLifetime
{
    private static readonly AddressPool[] Pools = [AddressPool.Parse("192.0.2.100-192.0.2.100")!];
    private ControlPlane plane = null!;

    private ApiClient Api => new(plane.Client);

    public async ValueTask InitializeAsync() => plane = await ControlPlane.StartAsync(1);

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Fact]
    public async Task Our_classes_our_DNS_Service_and_the_Lease_go()
    {
        await plane.UntilAsync("the classes", async () => (await NetworkTraces.ListAsync(Api, "kube-system", [], CancellationToken.None)).Count(t => t.What.EndsWith("class/vitrine", StringComparison.Ordinal)) == 2);
        await plane.Client.CoreV1.CreateNamespacedServiceAsync(DnsServiceController.Service([IPAddress.Parse("10.96.0.10")]), "kube-system");
        await plane.Client.CoordinationV1.CreateNamespacedLeaseAsync(new V1Lease { Metadata = new V1ObjectMeta { Name = "vitrine-controller" }, Spec = new V1LeaseSpec() }, "kube-system");
        var traces = await NetworkTraces.ListAsync(Api, "kube-system", [], CancellationToken.None);
        Assert.Equal(["service/kube-system/kube-dns", "ingressclass/vitrine", "gatewayclass/vitrine", "lease/kube-system/vitrine-controller"], traces.Select(t => t.What));
        foreach (var trace in traces.Concat(traces))
            await trace.RemoveAsync(CancellationToken.None);
        Assert.DoesNotContain(await NetworkTraces.ListAsync(Api, "kube-system", [], CancellationToken.None), t => !t.What.EndsWith("class/vitrine", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_DNS_Service_of_others_stays()
    {
        var theirs = DnsServiceController.Service([IPAddress.Parse("10.96.0.10")]);
        theirs.Metadata.Labels.Remove("service.kubernetes.io/service-proxy-name");
        await plane.UntilAsync("the namespace", async () => (await plane.Client.CoreV1.ListNamespaceAsync()).Items.Any(n => n.Metadata.Name == "kube-system"));
        await plane.Client.CoreV1.CreateNamespacedServiceAsync(theirs, "kube-system");
        Assert.DoesNotContain(await NetworkTraces.ListAsync(Api, "kube-system", [], CancellationToken.None), t => t.What.Contains("kube-dns", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_address_out_of_our_pools_is_taken_back_and_one_of_somebody_elses_is_not()
    {
        await plane.Client.CoreV1.CreateNamespacedServiceAsync(new V1Service { Metadata = new V1ObjectMeta { Name = "web" }, Spec = new V1ServiceSpec { Type = "LoadBalancer", Ports = [new V1ServicePort { Port = 80 }] } }, "default");
        await plane.UntilAsync("its address", async () => (await plane.Client.CoreV1.ReadNamespacedServiceAsync("web", "default")).Status?.LoadBalancer?.Ingress is [{ Ip: "192.0.2.100" }]);
        Assert.DoesNotContain(await NetworkTraces.ListAsync(Api, "kube-system", [AddressPool.Parse("192.0.2.200-192.0.2.201")!], CancellationToken.None), t => t.What.Contains("default/web", StringComparison.Ordinal));
        var trace = Assert.Single(await NetworkTraces.ListAsync(Api, "kube-system", Pools, CancellationToken.None), t => t.What == "address of service/default/web");
        var deleted = plane.Client.CoreV1.DeleteNamespacedServiceAsync("web", "default");
        await trace.RemoveAsync(CancellationToken.None);
        await deleted;
        await plane.UntilAsync("its end", async () => (await plane.Client.CoreV1.ListNamespacedServiceAsync("default")).Items.All(s => s.Metadata.Name != "web"));
    }
}
