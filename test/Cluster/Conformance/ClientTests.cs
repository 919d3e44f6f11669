using System.Net;
using System.Text;
using k8s;
using k8s.Autorest;
using k8s.LeaderElection;
using k8s.LeaderElection.ResourceLock;
using k8s.Models;
using Xunit;

namespace Vitrine.Cluster.Conformance;

/// <summary>The official C# client as its users use it.</summary>
public sealed class ClientTests(SharedCluster cluster) : IDisposable
{
    private readonly Kubernetes client = new(KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.Kubeconfig));

    public void Dispose() => client.Dispose();

    [Fact]
    public async Task Typed_objects_come_and_go()
    {
        var ns = await cluster.NamespaceAsync("conf-client");
        var made = await client.CoreV1.CreateNamespacedConfigMapAsync(new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "m" }, Data = new Dictionary<string, string> { ["a"] = "1" } }, ns);
        Assert.NotNull(made.Metadata.ManagedFields);
        made.Data["a"] = "2";
        // Read and written back whole, managers included.
        var put = await client.CoreV1.ReplaceNamespacedConfigMapAsync(made, "m", ns);
        Assert.Equal("2", put.Data["a"]);
        var stale = await Assert.ThrowsAsync<HttpOperationException>(() => client.CoreV1.ReplaceNamespacedConfigMapAsync(new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "m", ResourceVersion = made.Metadata.ResourceVersion } }, "m", ns));
        Assert.Equal(HttpStatusCode.Conflict, stale.Response.StatusCode);
        var patched = await client.CoreV1.PatchNamespacedConfigMapAsync(new V1Patch("""{"data":{"b":"3"}}""", V1Patch.PatchType.StrategicMergePatch), "m", ns);
        Assert.Equal(2, patched.Data.Count);
        var applied = await client.CoreV1.PatchNamespacedConfigMapAsync(new V1Patch("""{"apiVersion":"v1","kind":"ConfigMap","data":{"c":"4"}}""", V1Patch.PatchType.ApplyPatch), "m", ns, fieldManager: "test", force: true);
        Assert.Equal(3, applied.Data.Count);
        Assert.Single((await client.CoreV1.ListNamespacedConfigMapAsync(ns, fieldSelector: "metadata.name=m")).Items);
        await client.CoreV1.DeleteNamespacedConfigMapAsync("m", ns);
        var gone = await Assert.ThrowsAsync<HttpOperationException>(() => client.CoreV1.ReadNamespacedConfigMapAsync("m", ns));
        Assert.Equal(HttpStatusCode.NotFound, gone.Response.StatusCode);
    }

    [Fact]
    public async Task A_kind_known_by_name_alone_is_worked_with()
    {
        var ns = await cluster.NamespaceAsync("conf-client-generic");
        using var deployments = new GenericClient(client, "apps", "v1", "deployments", disposeClient: false);
        await deployments.CreateNamespacedAsync(
            new V1Deployment
            {
                ApiVersion = "apps/v1",
                Kind = "Deployment",
                Metadata = new V1ObjectMeta { Name = "d" },
                Spec = new V1DeploymentSpec
                {
                    Replicas = 0,
                    Selector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["a"] = "b" } },
                    Template = new V1PodTemplateSpec { Metadata = new V1ObjectMeta { Labels = new Dictionary<string, string> { ["a"] = "b" } }, Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Image = "debian" }] } },
                },
            },
            ns);
        Assert.Equal("d", Assert.Single((await deployments.ListNamespacedAsync<V1DeploymentList>(ns)).Items).Metadata.Name);
        await deployments.DeleteNamespacedAsync<V1Status>(ns, "d");
        Assert.Empty((await deployments.ListNamespacedAsync<V1DeploymentList>(ns)).Items);
    }

    [Fact]
    public async Task An_exec_and_a_port_forward_reach_the_container()
    {
        var ns = await cluster.NamespaceAsync("conf-client-streams");
        await cluster.PodAsync(ns, "p", "node-1", command: "while :; do echo hello | nc -l -p 8080 -q 1; done");
        using var output = new MemoryStream();
        var code = await client.NamespacedPodExecAsync("p", ns, "main", ["sh", "-c", "echo out; exit 3"], false, async (stdin, stdout, stderr) => await stdout.CopyToAsync(output), CancellationToken.None);
        Assert.Equal((3, "out\n"), (code, Encoding.UTF8.GetString(output.ToArray())));

        await TestCluster.EventuallyAsync(async () =>
        {
            using var socket = await client.WebSocketNamespacedPodPortForwardAsync("p", ns, [8080], "v4.channel.k8s.io");
            using var demuxer = new StreamDemuxer(socket, StreamType.PortForward);
            demuxer.Start();
            await using var stream = demuxer.GetStream((byte?)0, (byte?)0);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            var buffer = new byte[64];
            try
            {
                return Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer, limit.Token)).StartsWith("hello", StringComparison.Ordinal);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }, "a port-forward by the old protocol answers");
    }

    [Fact]
    public async Task Of_two_that_stand_for_election_one_leads_and_the_other_follows_it()
    {
        var ns = await cluster.NamespaceAsync("conf-client-leader");
        LeaderElector Candidate(string name) => new(new LeaderElectionConfig(new LeaseLock(client, ns, "leader", name)) { LeaseDuration = TimeSpan.FromSeconds(3), RenewDeadline = TimeSpan.FromSeconds(2), RetryPeriod = TimeSpan.FromMilliseconds(300) });
        using var first = Candidate("first");
        using var second = Candidate("second");
        using var firstEnds = new CancellationTokenSource();
        using var allEnd = new CancellationTokenSource();
        var firstRuns = first.RunUntilLeadershipLostAsync(firstEnds.Token);
        await TestCluster.EventuallyAsync(() => Task.FromResult(first.IsLeader()), "the first leads");
        var secondRuns = second.RunUntilLeadershipLostAsync(allEnd.Token);
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.False(second.IsLeader());
        await firstEnds.CancelAsync();
        await TestCluster.EventuallyAsync(() => Task.FromResult(second.IsLeader()), "the second leads");
        Assert.Equal("second", (await client.CoordinationV1.ReadNamespacedLeaseAsync("leader", ns)).Spec.HolderIdentity);
        await allEnd.CancelAsync();
        await Task.WhenAll(Ended(firstRuns), Ended(secondRuns));
    }

    private static async Task Ended(Task run)
    {
        try
        {
            await run;
        }
        catch (OperationCanceledException)
        {
        }
    }
}
