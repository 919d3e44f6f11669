using Xunit;

namespace Vitrine.Cluster;

/// <summary>Pods out of files of a node; a cluster of its own, for its API server is killed.</summary>
public sealed class StaticPodTests(StaticPodTests.OwnCluster cluster) : IClassFixture<StaticPodTests.OwnCluster>
{
    public sealed class OwnCluster() : TestCluster("static", 14, "--lb-pool", "none");

    private const string Name = "static-node-1";
    private const string Mirror = "kubernetes.io/config.mirror";

    [Fact]
    public async Task A_file_is_a_pod_that_the_API_mirrors_and_does_not_rule()
    {
        var folder = Directory.CreateDirectory($"{cluster.State}/nodes/node-1/manifests").FullName;
        var (file, broken) = (Path.Combine(folder, "static.yaml"), Path.Combine(folder, "broken.yaml"));
        try
        {
            File.WriteAllText(broken, "apiVersion: v1\nkind: Pod\nspec: {");
            File.WriteAllText(file, Pods.One("static", "debian", "echo first; sleep infinity"));
            await cluster.EventuallyAsync($"get pod {Name} -o jsonpath={{.status.phase}}", o => o == "Running");
            var uid = await cluster.KubectlAsync($"get pod {Name} -o jsonpath={{.metadata.uid}}");
            Assert.Equal("file/Node/node-1", await cluster.KubectlAsync($"get pod {Name} -o jsonpath={{.metadata.annotations.kubernetes\\.io/config\\.source}}/{{.metadata.ownerReferences[0].kind}}/{{.metadata.ownerReferences[0].name}}"));
            Assert.Contains(Mirror, await cluster.KubectlAsync($"get pod {Name} -o yaml"), StringComparison.Ordinal);
            Assert.Equal("first\n", await cluster.KubectlAsync($"logs {Name}"));
            Assert.Equal("in\n", await cluster.KubectlAsync($"exec {Name} -- echo in"));
            await cluster.EventuallyAsync("get events --field-selector involvedObject.kind=Node", o => o.Contains("static pod file broken.yaml is passed over: yaml: line", StringComparison.Ordinal));

            // Deleted in the API it comes back at once; the container has run on.
            var started = await StartedAsync();
            await cluster.KubectlAsync($"delete pod {Name} --wait=false");
            await cluster.EventuallyAsync($"get pod {Name} -o jsonpath={{.metadata.uid}}/{{.status.phase}}", o => o.EndsWith("/Running", StringComparison.Ordinal) && !o.StartsWith(uid, StringComparison.Ordinal));
            Assert.Equal(started, await StartedAsync());

            // A changed file is another pod, also while there is no API.
            var server = await cluster.PidAsync("server");
            File.WriteAllText(file, Pods.One("static", "debian", "echo second; sleep infinity"));
            System.Diagnostics.Process.GetProcessById(server).Kill();
            await cluster.EventuallyAsync($"logs {Name}", o => o == "second\n", 60);

            // Its grace is a second, the folder is looked at every second: neither may keep the other from coming to an end.
            File.Delete(file);
            await cluster.EventuallyAsync($"get pod {Name}", o => o.Contains("NotFound", StringComparison.Ordinal), 15);
        }
        finally
        {
            File.Delete(file);
            File.Delete(broken);
        }
    }

    private Task<string> StartedAsync() => cluster.KubectlAsync($"get pod {Name} -o jsonpath={{.status.containerStatuses[0].state.running.startedAt}}");
}
