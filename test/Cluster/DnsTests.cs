using Xunit;

namespace Vitrine.Cluster;

/// <summary>Names as pods see them, by the resolver of a real container, on three nodes.</summary>
public sealed class DnsTests(ThreeNodes cluster)
{
    [Fact]
    public async Task A_pods_resolv_conf_is_by_its_dnsPolicy_and_dnsConfig()
    {
        var ns = await cluster.NamespaceAsync("dns-policy");
        var server = await cluster.KubectlAsync("get service kube-dns -n kube-system -o jsonpath={.spec.clusterIPs[*]}");
        await cluster.PodAsync(ns, "first", "node-2");
        var conf = await ConfAsync(ns, "first");
        Assert.Equal([.. server.Split(' ').Select(s => $"nameserver {s}")], conf.Where(l => l.StartsWith("nameserver", StringComparison.Ordinal)));
        Assert.StartsWith($"search {ns}.svc.cluster.local svc.cluster.local cluster.local", conf.Single(l => l.StartsWith("search", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("options ndots:5", conf);

        await cluster.PodAsync(ns, "none", "node-2", more: "  dnsPolicy: None\n  dnsConfig: {nameservers: [192.0.2.53], searches: [a.example], options: [{name: ndots, value: \"2\"}]}\n");
        Assert.Equal(["nameserver 192.0.2.53", "options ndots:2", "search a.example"], (await ConfAsync(ns, "none")).Order(StringComparer.Ordinal));

        await cluster.PodAsync(ns, "default", "node-2", more: "  dnsPolicy: Default\n");
        Assert.DoesNotContain(await ConfAsync(ns, "default"), l => l.Contains("cluster.local", StringComparison.Ordinal));
        await cluster.PodAsync(ns, "host", "node-2", more: "  hostNetwork: true\n");
        Assert.DoesNotContain(await ConfAsync(ns, "host"), l => l.Contains("cluster.local", StringComparison.Ordinal));
        await cluster.PodAsync(ns, "host-first", "node-2", more: "  hostNetwork: true\n  dnsPolicy: ClusterFirstWithHostNet\n");
        Assert.Equal(conf.Order(StringComparer.Ordinal), (await ConfAsync(ns, "host-first")).Order(StringComparer.Ordinal));
        Assert.Contains((await cluster.KubectlAsync("get service kubernetes -o jsonpath={.spec.clusterIP}")).Trim(), await cluster.InPodAsync(ns, "host-first", "getent ahosts kubernetes.default"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_are_known_on_every_node_as_soon_as_they_are_written_and_gone_as_soon_as_deleted()
    {
        var ns = await cluster.NamespaceAsync("dns-write");
        await cluster.PodAsync(ns, "two", "node-2");
        await cluster.PodAsync(ns, "three", "node-3");
        await cluster.KubectlAsync($"create service clusterip fresh -n {ns} --tcp=80");
        var address = (await cluster.KubectlAsync($"get service fresh -n {ns} -o jsonpath={{.spec.clusterIP}}")).Trim();
        foreach (var pod in new[] { "two", "three" })
        {
            Assert.StartsWith(address, await cluster.InPodAsync(ns, pod, "for i in $(seq 20); do getent ahostsv4 fresh && break; sleep 0.1; done"), StringComparison.Ordinal);
        }

        await cluster.KubectlAsync($"delete service fresh -n {ns}");
        Assert.Contains("gone", await cluster.InPodAsync(ns, "two", "for i in $(seq 20); do getent ahostsv4 fresh || break; sleep 0.1; done; getent ahostsv4 fresh || echo gone"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pods_of_a_StatefulSet_have_names_of_their_own_and_an_ExternalName_leads_to_another()
    {
        var ns = await cluster.NamespaceAsync("dns-stateful");
        var given = await cluster.RunAsync(["apply", "-n", ns, "-f", "-"], """
            apiVersion: v1
            kind: Service
            metadata: {name: db}
            spec:
              clusterIP: None
              selector: {app: db}
              ports: [{name: redis, port: 6379}]
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: alias}
            spec: {type: ExternalName, externalName: kubernetes.default.svc.cluster.local}
            ---
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db}
            spec:
              serviceName: db
              replicas: 2
              podManagementPolicy: Parallel
              selector: {matchLabels: {app: db}}
              template:
                metadata: {labels: {app: db}}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers: [{name: main, image: debian, command: [sleep, infinity]}]
            """);
        Assert.True(given.ExitCode == 0, given.All);
        await cluster.KubectlAsync($"rollout status statefulset/db -n {ns} --timeout=60s", limit: TimeSpan.FromSeconds(70));
        var one = (await cluster.AddressesAsync(ns, "db-1"))[0];
        Assert.StartsWith(one, await cluster.InPodAsync(ns, "db-0", "for i in $(seq 20); do getent ahostsv4 db-1.db && break; sleep 0.1; done"), StringComparison.Ordinal);
        var all = await cluster.InPodAsync(ns, "db-0", "getent ahostsv4 db | cut -d' ' -f1 | sort -u");
        Assert.Equal(2, all.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.StartsWith((await cluster.KubectlAsync("get service kubernetes -o jsonpath={.spec.clusterIP}")).Trim(), await cluster.InPodAsync(ns, "db-0", "getent ahostsv4 alias"), StringComparison.Ordinal);
        Assert.Contains($"db-1.db.{ns}.svc.cluster.local", await cluster.InPodAsync(ns, "db-0", $"getent hosts {one}"), StringComparison.Ordinal);
    }

    private async Task<string[]> ConfAsync(string ns, string pod) => (await cluster.InPodAsync(ns, pod, "cat /etc/resolv.conf")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
