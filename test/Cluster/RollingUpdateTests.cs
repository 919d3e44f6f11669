using System.Globalization;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>A Deployment is replaced pod by pod while clients ask without pause, by every kind of address a Service has.</summary>
public sealed class RollingUpdateTests(ThreeNodes cluster)
{
    private const int Seconds = 20;

    [Fact]
    public async Task No_request_fails_while_the_front_end_is_updated()
    {
        var ns = await cluster.NamespaceAsync("rolling");
        await cluster.KubectlAsync($"apply -n {ns} -f -", """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replicas: 3
              selector: {matchLabels: {app: web}}
              strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  containers:
                  - name: nginx
                    image: nginx
                    readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 1}
                    lifecycle: {preStop: {exec: {command: [sleep, "2"]}}}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}
            """);
        await cluster.KubectlAsync($"rollout status deployment/web -n {ns} --timeout=90s", limit: TimeSpan.FromSeconds(100));
        await cluster.PodAsync(ns, "client", "node-3");
        var balancer = await cluster.EventuallyAsync($"get service web -n {ns} -o jsonpath={{.status.loadBalancer.ingress[0].ip}}", o => o.Length > 0);
        var port = await cluster.KubectlAsync($"get service web -n {ns} -o jsonpath={{.spec.ports[0].nodePort}}");
        var node = (await cluster.KubectlAsync("get node node-2 -o jsonpath={.status.addresses[0].address}")).Split(' ')[0];
        await cluster.EventuallyAsync($"exec -n {ns} client -- curl -s -m 2 -o /dev/null -w %{{http_code}} http://web/", o => o == "200");
        await using var outside = await OutsideWorld.PlugInAsync(cluster);
        foreach (var address in new[] { balancer, $"{node}:{port}" })
        {
            for (var i = 0; (await outside.RunAsync(Once(address))).ExitCode != 0; i++)
            {
                Assert.True(i < 50, $"nobody answers at {address}");
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }

        var loads = new[]
        {
            cluster.InPodAsync(ns, "client", Load("web"), TimeSpan.FromSeconds(Seconds * 3)),
            OutsideAsync($"{node}:{port}"),
            OutsideAsync(balancer),
        };
        await cluster.KubectlAsync($"rollout restart deployment/web -n {ns}");
        await cluster.KubectlAsync($"rollout status deployment/web -n {ns} --timeout={Seconds + 40}s", limit: TimeSpan.FromSeconds(70));
        foreach (var (name, load) in new[] { "ClusterIP", "NodePort", "LoadBalancer" }.Zip(loads))
        {
            var counts = (await load).Trim().Split(' ').Select(c => int.Parse(c, CultureInfo.InvariantCulture)).ToArray();
            Assert.True(counts[0] > 50, $"{name}: {counts[0]} requests only");
            Assert.True(counts[1] == 0, $"{name}: {counts[1]} of {counts[0] + counts[1]} requests failed");
        }

        async Task<string> OutsideAsync(string address) => (await outside.RunAsync(Load(address))).All;
    }

    private static string Once(string address) => $"curl --noproxy '*' -s -m 2 -o /dev/null http://{address}/";

    /// <summary>Prints how many requests went well and how many did not.</summary>
    private static string Load(string address) =>
        $"end=$(($(date +%s)+{Seconds})); ok=0; bad=0; while [ $(date +%s) -lt $end ]; do if {Once(address)}; then ok=$((ok+1)); else bad=$((bad+1)); fi; done; echo $ok $bad";
}
