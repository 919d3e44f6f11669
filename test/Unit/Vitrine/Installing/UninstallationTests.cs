using System.Net;
using k8s;
using k8s.Models;
using Vitrine.ApiServer.Drafts;
using Vitrine.Control.Api;
using Vitrine.Installing;
using Vitrine.Model.Watching;
using Vitrine.Unit.Control;
using Xunit;

namespace Vitrine.Unit.Installing;

/// <summary>What `vitrine install` prints, on a whole control plane whose nodes pretend, and gone again.</summary>
public sealed class UninstallationTests : IAsyncLifetime
{
    private static readonly string Manifests = Chart.Render(Chart.Template(), Chart.Values());
    private readonly List<string> said = [];
    private ControlPlane plane = null!;

    private ApiClient Api => new(plane.Client);

    public async ValueTask InitializeAsync() => plane = await ControlPlane.StartAsync();

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Fact]
    public void Every_kind_of_the_chart_has_the_plural_that_is_written() => Assert.Equal(
        [
            "api/v1/namespaces/kube-system/configmaps/vitrine", "api/v1/namespaces/kube-system/serviceaccounts/vitrine-controller", "api/v1/namespaces/kube-system/serviceaccounts/vitrine-node",
            "apis/apps/v1/namespaces/kube-system/daemonsets/vitrine", "apis/apps/v1/namespaces/kube-system/deployments/vitrine-controller", "apis/policy/v1/namespaces/kube-system/poddisruptionbudgets/vitrine-controller",
            "apis/rbac.authorization.k8s.io/v1/clusterrolebindings/vitrine-controller", "apis/rbac.authorization.k8s.io/v1/clusterrolebindings/vitrine-node",
            "apis/rbac.authorization.k8s.io/v1/clusterroles/vitrine-controller", "apis/rbac.authorization.k8s.io/v1/clusterroles/vitrine-node",
            "apis/rbac.authorization.k8s.io/v1/namespaces/kube-system/rolebindings/vitrine-controller", "apis/rbac.authorization.k8s.io/v1/namespaces/kube-system/roles/vitrine-controller",
        ],
        ChartObject.All(Manifests).Select(o => o.Path).Order(StringComparer.Ordinal));

    [Fact]
    public async Task All_of_it_goes_once_no_pod_has_its_network_from_it()
    {
        await InstallAsync();
        await plane.Client.CoreV1.CreateNamespacedPodAsync(new V1Pod { Metadata = new V1ObjectMeta { Name = "guest" }, Spec = new V1PodSpec { NodeName = "n0", Containers = [new V1Container { Name = "c", Image = "i" }] } }, "default");
        Assert.Contains("the network of 1 pod: default/guest is Vitrine's", (await Assert.ThrowsAsync<CommandFailure>(() => RunAsync())).Message, StringComparison.Ordinal);

        await new Uninstallation(Api, "kube-system", said.Add, TimeProvider.System) { DryRun = true }.RunAsync(Manifests, CancellationToken.None);
        Assert.Contains("would remove daemonset/vitrine, and what its agents made on every node", said);
        Assert.All(ChartObject.All(Manifests), o => Assert.True(IsThereAsync(o.Path).Result, o.Path));
        said.Clear();

        await plane.Client.CoreV1.DeleteNamespacedPodAsync("guest", "default", gracePeriodSeconds: 0);
        await RunAsync();
        Assert.All(ChartObject.All(Manifests), o => Assert.False(IsThereAsync(o.Path).Result, o.Path));
        Assert.Empty((await plane.Client.CoreV1.ListNamespacedPodAsync("kube-system")).Items);
        Assert.Equal("removed deployment/vitrine-controller", said[0]);
        Assert.True(said.IndexOf("removed daemonset/vitrine, and what its agents made on every node") < said.IndexOf("removed serviceaccount/vitrine-node"));
        Assert.StartsWith("nothing of Vitrine is in namespace kube-system", (await Assert.ThrowsAsync<CommandFailure>(() => RunAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_run_finishes_the_first_and_force_passes_over_guests()
    {
        await InstallAsync();
        await plane.Client.CoreV1.CreateNamespacedPodAsync(new V1Pod { Metadata = new V1ObjectMeta { Name = "guest" }, Spec = new V1PodSpec { NodeName = "n0", Containers = [new V1Container { Name = "c", Image = "i" }] } }, "default");
        // The first one died when the agents were gone: their DaemonSet is one that cleans, and there is nobody left to be refused for.
        var set = FieldOwners.Dropped(await plane.Client.AppsV1.ReadNamespacedDaemonSetAsync("vitrine", "kube-system"));
        CleaningPods.WriteTo(set, "");
        await plane.Client.AppsV1.ReplaceNamespacedDaemonSetAsync(set, "vitrine", "kube-system");
        await RunAsync();
        Assert.False(await IsThereAsync("apis/apps/v1/namespaces/kube-system/daemonsets/vitrine"));

        await InstallAsync();
        await new Uninstallation(Api, "kube-system", said.Add, TimeProvider.System) { Force = true }.RunAsync(Manifests, CancellationToken.None);
        Assert.Contains(said, s => s.StartsWith("! the network of 1 pod: default/guest", StringComparison.Ordinal));
        Assert.False(await IsThereAsync("api/v1/namespaces/kube-system/configmaps/vitrine"));
    }

    [Fact]
    public async Task What_only_has_the_name_stays()
    {
        await plane.UntilAsync("the namespace", () => IsThereAsync("api/v1/namespaces/kube-system"));
        await plane.Client.CoreV1.CreateNamespacedConfigMapAsync(new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "vitrine" } }, "kube-system");
        await Assert.ThrowsAsync<CommandFailure>(() => RunAsync());
        Assert.True(await IsThereAsync("api/v1/namespaces/kube-system/configmaps/vitrine"));
    }

    private Task RunAsync() => new Uninstallation(Api, "kube-system", said.Add, TimeProvider.System).RunAsync(Manifests, CancellationToken.None);

    private async Task InstallAsync()
    {
        await plane.UntilAsync("the namespace", () => IsThereAsync("api/v1/namespaces/kube-system"));
        foreach (var (at, document) in ChartObject.All(Manifests).Zip(ManifestReader.Read(Manifests)))
            await Api.SendAsync<object>(HttpMethod.Post, at.Path[..at.Path.LastIndexOf('/')], document.Value!.ToJsonString(), "application/json", CancellationToken.None);
        await plane.UntilAsync("agents on both nodes", async () => (await plane.Client.AppsV1.ReadNamespacedDaemonSetAsync("vitrine", "kube-system")).Status is { NumberReady: 2 });
    }

    private async Task<bool> IsThereAsync(string path)
    {
        using var answer = await plane.Client.HttpClient.GetAsync(new Uri(plane.Client.BaseUri, path));
        return answer.StatusCode == HttpStatusCode.OK;
    }
}
