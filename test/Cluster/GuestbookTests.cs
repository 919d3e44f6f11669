using System.Text.Json;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>The guestbook over two nodes, by the example as it is in the repository and by the manifests people find in the documentation.</summary>
public sealed class GuestbookTests(ThreeNodes cluster)
{
    [Fact]
    public async Task Its_pods_are_spread_over_both_nodes_and_what_is_written_to_the_leader_is_read_from_a_follower()
    {
        var ns = await cluster.NamespaceAsync("guestbook");
        var context = $"{cluster.Kubeconfig}.guestbook";
        File.Copy(cluster.Kubeconfig, context, overwrite: true);
        await Shell.RunAsync("kubectl", ["--kubeconfig", context, "config", "set-context", "--current", $"--namespace={ns}"]);
        var applied = await Shell.RunAsync("bash", [Pods.ExamplePath("2-pod-to-pod", "guestbook.sh")], limit: TimeSpan.FromMinutes(3), environment: new Dictionary<string, string> { ["KUBECONFIG"] = context });
        Assert.True(applied.ExitCode == 0, applied.All);

        Assert.Equal(3, await RunningAsync(ns, "tier=frontend"));
        Assert.Equal(1, await RunningAsync(ns, "role=leader"));
        Assert.Equal(2, await RunningAsync(ns, "role=follower"));
        var nodes = (await cluster.KubectlAsync($"get pods -n {ns} -o jsonpath={{.items[*].spec.nodeName}}")).Split(' ').ToHashSet();
        Assert.Equal(["node-2", "node-3"], nodes.Order(StringComparer.Ordinal));

        await cluster.PodAsync(ns, "visitor", "node-3");
        var frontends = (await cluster.KubectlAsync($"get pods -n {ns} -l tier=frontend -o jsonpath={{.items[*].status.podIP}}")).Split(' ');
        Assert.Contains("Updated", await cluster.InPodAsync(ns, "visitor", $"curl -s 'http://{frontends[0]}/guestbook.php?cmd=set&key=messages&value=hello,there'"), StringComparison.Ordinal);
        foreach (var frontend in frontends)
        {
            await cluster.EventuallyAsync($"exec -n {ns} visitor -- curl -s http://{frontend}/guestbook.php?cmd=get&key=messages", o => o == """{"data":"hello,there"}""", seconds: 20);
            Assert.Contains("<title>Guestbook</title>", await cluster.InPodAsync(ns, "visitor", $"curl -s http://{frontend}/"), StringComparison.Ordinal);
        }

        var leader = await cluster.KubectlAsync($"get pod -n {ns} -l role=leader -o jsonpath={{.items[0].metadata.name}}");
        Assert.Contains("connected_slaves:2", await cluster.InPodAsync(ns, leader, "redis-cli info replication"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_documentations_deployments_apply_as_they_are_in_block_style_and_in_flow_style()
    {
        var ns = await cluster.NamespaceAsync("guestbook-docs");
        await cluster.KubectlAsync($"apply -n {ns} -f -", """
            # SOURCE: https://cloud.google.com/kubernetes-engine/docs/tutorials/guestbook
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: redis-leader
              labels:
                app: redis
                role: leader
                tier: backend
            spec:
              replicas: 1
              selector:
                matchLabels:
                  app: redis
              template:
                metadata:
                  labels:
                    app: redis
                    role: leader
                    tier: backend
                spec:
                  containers:
                  - name: leader
                    image: "docker.io/redis:6.0.5"
                    resources:
                      requests:
                        cpu: 100m
                        memory: 100Mi
                    ports:
                    - containerPort: 6379
            """);
        await cluster.KubectlAsync($"apply -n {ns} -f -", """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: frontend}
            spec: {replicas: 3, selector: {matchLabels: {app: guestbook, tier: frontend}},
              template: {metadata: {labels: {app: guestbook, tier: frontend}},
                spec: {containers: [{name: php-redis, image: "us-docker.pkg.dev/google-samples/containers/gke/gb-frontend:v5",
                  env: [{name: GET_HOSTS_FROM, value: "dns"}], resources: {requests: {cpu: 100m, memory: 100Mi}}, ports: [{containerPort: 80}]}]}}}
            """);
        foreach (var deployment in new[] { "redis-leader", "frontend" })
        {
            await cluster.KubectlAsync($"rollout status deployment/{deployment} -n {ns} --timeout=60s", limit: TimeSpan.FromSeconds(70));
        }

        var frontend = JsonDocument.Parse(await cluster.KubectlAsync($"get deployment frontend -n {ns} -o json")).RootElement;
        Assert.Equal(3, frontend.GetProperty("status").GetProperty("readyReplicas").GetInt32());
    }

    private async Task<int> RunningAsync(string ns, string selector) =>
        (await cluster.KubectlAsync($"get pods -n {ns} -l {selector} --field-selector=status.phase=Running -o name")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
}
