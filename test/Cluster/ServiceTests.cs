using System.Text.Json;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>A stable name and address in front of changing pods, on three nodes, by IPv4 and IPv6.</summary>
public sealed class ServiceTests(ThreeNodes cluster)
{
    [Fact]
    public async Task The_lists_of_endpoints_follow_labels_readiness_and_scale_and_the_address_stays()
    {
        var ns = await WebAsync("svc-follow", 2);
        var address = await AddressAsync(ns);
        Assert.Equal(await PodsAsync(ns), await EndpointsAsync(ns));
        Assert.Equal(await PodsAsync(ns), (await cluster.KubectlAsync($"get endpoints web -n {ns} -o jsonpath={{.subsets[*].addresses[*].ip}}")).Split(' ').Order(StringComparer.Ordinal));

        await cluster.KubectlAsync($"scale deployment web -n {ns} --replicas=4");
        await cluster.EventuallyAsync(EndpointsOf(ns), o => o.Split(' ').Length == 4);
        await cluster.KubectlAsync($"scale deployment web -n {ns} --replicas=1");
        await cluster.EventuallyAsync(EndpointsOf(ns), o => o.Split(' ').Length == 1);

        var before = await PodsAsync(ns);
        await cluster.KubectlAsync($"delete pod -n {ns} -l app=web --wait=false");
        await cluster.EventuallyAsync(EndpointsOf(ns), o => o.Length > 0 && o != before[0]);
        Assert.Equal(address, await AddressAsync(ns));

        // A pod that loses its label loses its place, and runs on.
        var pod = await cluster.KubectlAsync($"get pods -n {ns} -l app=web --field-selector=status.phase=Running -o jsonpath={{.items[0].metadata.name}}");
        var left = await EndpointsAsync(ns);
        await cluster.KubectlAsync($"label pod {pod} -n {ns} app=elsewhere --overwrite");
        await cluster.EventuallyAsync(EndpointsOf(ns), o => o.Length > 0 && o != left[0]);
        Assert.Contains("Running", await cluster.KubectlAsync($"get pod {pod} -n {ns} --no-headers"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("IPv4", "A")]
    [InlineData("IPv6", "AAAA")]
    public async Task A_cluster_IP_spreads_connections_over_its_endpoints_by_name_and_by_address(string family, string record)
    {
        var ns = await WebAsync($"svc-{record.ToLowerInvariant()}", 3, $"ipFamilyPolicy: SingleStack\n  ipFamilies: [{family}]");
        await cluster.PodAsync(ns, "client", "node-3");
        foreach (var name in new[] { "web", $"web.{ns}", $"web.{ns}.svc.cluster.local", TestCluster.Url(await AddressAsync(ns)) })
        {
            var answers = (await cluster.InPodAsync(ns, "client", $"for i in $(seq 60); do curl -sS -m 5 http://{name}/ 2>&1 || echo $i is lost; done", TimeSpan.FromMinutes(2))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal("", string.Join('\n', answers.Where(a => !a.StartsWith("web-", StringComparison.Ordinal))));
            Assert.Equal(60, answers.Length);
            // All sixty at two of three pods: one in ten thousand million.
            Assert.Equal(await NamesAsync(ns), answers.Distinct().Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task A_server_behind_a_cluster_IP_sees_the_clients_own_address()
    {
        var ns = await WebAsync("svc-source", 2);
        await cluster.PodAsync(ns, "client", "node-2");
        var own = (await cluster.AddressesAsync(ns, "client"))[0];
        for (var i = 0; i < 12; i++)
        {
            await cluster.InPodAsync(ns, "client", "curl -s -m 5 http://web/");
        }

        var seen = (await cluster.KubectlAsync($"logs -n {ns} -l app=web --tail=-1")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l.Contains("curl/", StringComparison.Ordinal)).Select(l => l.Split(' ')[0]).ToArray();
        Assert.Equal(12, seen.Length);
        Assert.All(seen, s => Assert.Equal(own, s));
    }

    [Fact]
    public async Task A_pod_reaches_itself_through_its_own_Service()
    {
        var ns = await WebAsync("svc-hairpin", 1);
        var pod = (await NamesAsync(ns))[0];
        Assert.Equal(pod, (await cluster.InPodAsync(ns, pod, "curl -s -m 5 http://web/")).Trim());
    }

    [Fact]
    public async Task A_node_port_answers_on_every_node_also_without_an_endpoint_and_on_localhost()
    {
        var ns = await WebAsync("svc-nodeport", 1, "type: NodePort\n  ipFamilyPolicy: PreferDualStack");
        var port = await cluster.KubectlAsync($"get service web -n {ns} -o jsonpath={{.spec.ports[0].nodePort}}");
        Assert.InRange(int.Parse(port, System.Globalization.CultureInfo.InvariantCulture), 30000, 32767);
        var pod = (await NamesAsync(ns))[0];
        foreach (var node in new[] { "node-1", "node-2", "node-3" })
        {
            foreach (var address in (await cluster.KubectlAsync($"get node {node} -o jsonpath={{.status.addresses[?(@.type==\"InternalIP\")].address}}")).Split(' '))
            {
                Assert.Equal(pod, (await Shell.RunAsync("curl", ["--noproxy", "*", "-s", "-m", "5", $"http://{TestCluster.Url(address)}:{port}/"])).Output.Trim());
                Assert.Equal(pod, (await cluster.OnNodeAsync("node-2", $"curl --noproxy '*' -s -m 5 http://{TestCluster.Url(address)}:{port}/")).Output.Trim());
            }

            Assert.Equal(pod, (await cluster.OnNodeAsync(node, $"curl --noproxy '*' -s -m 5 http://127.0.0.1:{port}/")).Output.Trim());
        }
    }

    [Fact]
    public async Task A_LoadBalancer_has_an_address_of_its_own_that_the_host_and_a_neighbour_reach_and_deleting_it_leaves_nothing()
    {
        var ns = await WebAsync("svc-lb", 2, "type: LoadBalancer\n  ipFamilyPolicy: RequireDualStack");
        var addresses = (await cluster.EventuallyAsync($"get service web -n {ns} -o jsonpath={{.status.loadBalancer.ingress[*].ip}}", o => o.Split(' ').Length == 2)).Split(' ');
        var clusterIPs = (await cluster.KubectlAsync($"get service web -n {ns} -o jsonpath={{.spec.clusterIPs[*]}}")).Split(' ');
        Assert.Contains(addresses[0], await cluster.KubectlAsync($"get service web -n {ns} --no-headers"), StringComparison.Ordinal);
        var names = await NamesAsync(ns);
        await using var outside = await OutsideWorld.PlugInAsync(cluster);
        foreach (var address in addresses)
        {
            await TestCluster.EventuallyAsync(async () => Array.IndexOf(names, (await Shell.RunAsync("curl", ["--noproxy", "*", "-s", "-m", "2", $"http://{TestCluster.Url(address)}/"])).Output.Trim()) >= 0, $"the host reaches {address}");
            var answer = (await outside.RunAsync($"curl --noproxy '*' -s -m 5 http://{TestCluster.Url(address)}/")).Output.Trim();
            Assert.Contains(answer, names.AsEnumerable());
        }

        await cluster.KubectlAsync($"delete service web -n {ns}");
        foreach (var node in new[] { "node-1", "node-2", "node-3" })
        {
            await TestCluster.EventuallyAsync(async () =>
            {
                var tables = (await cluster.OnNodeAsync(node, "nft list table inet vitrine-services; ip -o addr")).Output;
                return addresses.Concat(clusterIPs).All(a => !tables.Contains($"{a} ", StringComparison.Ordinal) && !tables.Contains($"{a}/", StringComparison.Ordinal));
            }, $"nothing of {ns}/web is left on {node}");
        }

        Assert.NotEqual(0, (await Shell.RunAsync("curl", ["--noproxy", "*", "-s", "-m", "2", $"http://{addresses[0]}/"])).ExitCode);
        Assert.Equal("", (await cluster.KubectlAsync($"get endpointslices -n {ns} -o name")).Trim());
    }

    [Fact]
    public async Task Policy_Local_answers_only_where_an_endpoint_is_and_keeps_the_clients_address()
    {
        var ns = await WebAsync("svc-local", 0, "type: NodePort\n  externalTrafficPolicy: Local");
        await cluster.PodAsync(ns, "only", "node-2", "nginx", "hostname > /usr/share/nginx/html/index.html; exec nginx -g 'daemon off;'");
        await cluster.KubectlAsync($"label pod only -n {ns} app=web");
        await cluster.EventuallyAsync(EndpointsOf(ns), o => o.Length > 0);
        var port = await cluster.KubectlAsync($"get service web -n {ns} -o jsonpath={{.spec.ports[0].nodePort}}");
        await using var outside = await OutsideWorld.PlugInAsync(cluster);
        var (near, far) = (await NodeAddressAsync("node-2"), await NodeAddressAsync("node-3"));
        await TestCluster.EventuallyAsync(async () => (await outside.RunAsync($"curl --noproxy '*' -s -m 2 http://{near}:{port}/")).Output.Trim() == "only", "the node with the endpoint answers");
        Assert.NotEqual(0, (await outside.RunAsync($"curl --noproxy '*' -s -m 2 http://{far}:{port}/")).ExitCode);
        Assert.StartsWith(outside.Addresses[0], (await cluster.KubectlAsync($"logs only -n {ns} --tail=1")).Trim(), StringComparison.Ordinal);
        // From inside the policy is not asked.
        Assert.Equal("only", (await cluster.OnNodeAsync("node-3", $"curl --noproxy '*' -s -m 5 http://{far}:{port}/")).Output.Trim());

        await cluster.KubectlAsync($"patch service web -n {ns} -p {{\"spec\":{{\"externalTrafficPolicy\":\"Cluster\"}}}}");
        await TestCluster.EventuallyAsync(async () => (await outside.RunAsync($"curl --noproxy '*' -s -m 2 http://{far}:{port}/")).Output.Trim() == "only", "every node answers");

        await cluster.KubectlAsync($"patch service web -n {ns} -p {{\"spec\":{{\"internalTrafficPolicy\":\"Local\"}}}}");
        await cluster.PodAsync(ns, "near", "node-2");
        await cluster.PodAsync(ns, "far", "node-3");
        Assert.Equal("only", (await cluster.InPodAsync(ns, "near", "curl -s -m 5 http://web/")).Trim());
        await TestCluster.EventuallyAsync(async () => !(await cluster.InPodAsync(ns, "far", "curl -s -m 1 http://web/ || echo no")).Contains("only", StringComparison.Ordinal), "a client without an endpoint on its node is refused");
    }

    [Fact]
    public async Task A_client_stays_with_its_endpoint_under_session_affinity()
    {
        var ns = await WebAsync("svc-affinity", 4, "sessionAffinity: ClientIP\n  sessionAffinityConfig: {clientIP: {timeoutSeconds: 600}}");
        await cluster.PodAsync(ns, "client", "node-2");
        var answers = (await cluster.InPodAsync(ns, "client", "for i in $(seq 20); do curl -s -m 5 http://web/; done")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(20, answers.Length);
        Assert.Single(answers.Distinct());
    }

    [Fact]
    public async Task Source_ranges_let_in_whom_they_name()
    {
        await using var outside = await OutsideWorld.PlugInAsync(cluster);
        var ns = await WebAsync("svc-ranges", 1, $"type: LoadBalancer\n  loadBalancerSourceRanges: [{outside.Addresses[0]}/32]");
        var address = await cluster.EventuallyAsync($"get service web -n {ns} -o jsonpath={{.status.loadBalancer.ingress[0].ip}}", o => o.Length > 0);
        await TestCluster.EventuallyAsync(async () => (await outside.RunAsync($"curl --noproxy '*' -s -m 2 -o /dev/null -w '%{{http_code}}' http://{address}/")).Output == "200", "whom the range names is let in");
        Assert.NotEqual(0, (await Shell.RunAsync("curl", ["--noproxy", "*", "-s", "-m", "2", $"http://{address}/"])).ExitCode);
        await cluster.PodAsync(ns, "client", "node-2");
        Assert.DoesNotContain("200", await cluster.InPodAsync(ns, "client", $"curl -s -m 2 -o /dev/null -w '%{{http_code}}' http://{address}/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExternalIPs_are_refused_unless_the_operator_lets_them()
    {
        var ns = await WebAsync("svc-external", 0);
        var refused = await cluster.TryAsync($"patch service web -n {ns} -p {{\"spec\":{{\"externalIPs\":[\"203.0.113.8\"]}}}}");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("Use of external IPs is denied", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_endpoint_and_an_unknown_port_are_refused_at_once()
    {
        var ns = await WebAsync("svc-refused", 0);
        await cluster.PodAsync(ns, "client", "node-2");
        Assert.Contains("7", await cluster.InPodAsync(ns, "client", "curl -s -m 5 http://web/; echo $?"), StringComparison.Ordinal);
        Assert.Contains("7", await cluster.InPodAsync(ns, "client", "curl -s -m 5 http://web:81/; echo $?"), StringComparison.Ordinal);
        Assert.Contains("7", (await cluster.OnNodeAsync("node-3", $"curl --noproxy '*' -s -m 5 http://{await AddressAsync(ns)}/; echo $?")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Datagrams_are_spread_and_follow_when_their_endpoint_goes()
    {
        var ns = await cluster.NamespaceAsync("svc-udp");
        const string Echo = "while true; do hostname | nc -u -l -p 5300 -w 1; done";
        foreach (var (name, node) in new[] { ("one", "node-2"), ("two", "node-3") })
        {
            await cluster.PodAsync(ns, name, node, command: Echo);
            await cluster.KubectlAsync($"label pod {name} -n {ns} app=echo");
        }

        await cluster.KubectlAsync($"apply -n {ns} -f -", """
            apiVersion: v1
            kind: Service
            metadata: {name: echo}
            spec: {selector: {app: echo}, ports: [{port: 5300, protocol: UDP}]}
            """);
        await cluster.PodAsync(ns, "client", "node-3");
        const string Ask = "echo hello | nc -u -w 1 -p 4000 echo 5300";
        var first = "";
        await TestCluster.EventuallyAsync(async () => (first = await cluster.InPodAsync(ns, "client", Ask)).Contains("one", StringComparison.Ordinal) || first.Contains("two", StringComparison.Ordinal), "an endpoint answers");
        var (gone, left) = first.Contains("one", StringComparison.Ordinal) ? ("one", "two") : ("two", "one");
        await cluster.KubectlAsync($"delete pod {gone} -n {ns} --grace-period=1");
        // The same source port: the kernel's memory of the flow would lead to nobody.
        await TestCluster.EventuallyAsync(async () => (await cluster.InPodAsync(ns, "client", Ask)).Contains(left, StringComparison.Ordinal), "the flow is moved to the endpoint that is left");
    }

    [Fact]
    public async Task The_dump_shows_a_Service_as_planned_and_as_the_kernel_has_it()
    {
        var ns = await WebAsync("svc-dump", 2);
        var address = await AddressAsync(ns);
        foreach (var from in new[] { "plan", "kernel" })
        {
            var dump = await Shell.RunAsync(TestCluster.Vitrine, ["dataplane", "dump", "--name", cluster.Name, "--node", "node-2", "--from", from]);
            Assert.True(dump.ExitCode == 0, dump.All);
            Assert.Contains($"{address}:80", dump.Output, StringComparison.Ordinal);
            Assert.All(await PodsAsync(ns), p => Assert.Contains($"{p}:80", dump.Output, StringComparison.Ordinal));
        }

        Assert.Contains("has no node nobody", (await Shell.RunAsync(TestCluster.Vitrine, ["dataplane", "dump", "--name", cluster.Name, "--node", "nobody"])).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headless_and_external_names_are_resolved_and_nothing_is_routed_for_them()
    {
        var ns = await WebAsync("svc-headless", 3, "clusterIP: None");
        await cluster.PodAsync(ns, "client", "node-2");
        await cluster.EventuallyAsync($"exec -n {ns} client -- getent ahostsv4 web", o => o.Split('\n').Count(l => l.Contains("STREAM", StringComparison.Ordinal)) == 3);
        var found = (await cluster.InPodAsync(ns, "client", "getent ahostsv4 web")).Split('\n').Where(l => l.Contains("STREAM", StringComparison.Ordinal)).Select(l => l.Split(' ')[0]).Order(StringComparer.Ordinal);
        Assert.Equal(await PodsAsync(ns), found);
        await cluster.KubectlAsync($"create service externalname alias -n {ns} --external-name web.{ns}.svc.cluster.local");
        await cluster.EventuallyAsync($"exec -n {ns} client -- curl -s -m 5 -o /dev/null -w %{{http_code}} http://alias/", o => o == "200");
    }

    [Fact]
    public async Task The_API_is_reached_by_its_name_from_every_pod()
    {
        var ns = await cluster.NamespaceAsync("svc-api");
        await cluster.PodAsync(ns, "client", "node-3");
        var answer = await cluster.InPodAsync(ns, "client", "curl -s -m 5 --cacert /var/run/secrets/kubernetes.io/serviceaccount/ca.crt -H \"Authorization: Bearer $(cat /var/run/secrets/kubernetes.io/serviceaccount/token)\" https://kubernetes.default.svc/api/v1/namespaces/default/pods");
        var status = JsonDocument.Parse(answer).RootElement;
        Assert.Equal(403, status.GetProperty("code").GetInt32());
        Assert.Contains($"system:serviceaccount:{ns}:default", status.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static string EndpointsOf(string ns) => $"get endpointslices -n {ns} -l kubernetes.io/service-name=web -o jsonpath={{.items[?(@.addressType==\"IPv4\")].endpoints[?(@.conditions.ready==true)].addresses[0]}}";

    private Task<string> WebAsync(string name, int replicas, string more = "ipFamilyPolicy: SingleStack") => new WebService(name) { Replicas = replicas, Spec = more }.ApplyAsync(cluster);

    private async Task<string> AddressAsync(string ns) => await cluster.KubectlAsync($"get service web -n {ns} -o jsonpath={{.spec.clusterIP}}");

    private async Task<string> NodeAddressAsync(string node) => (await cluster.KubectlAsync($"get node {node} -o jsonpath={{.status.addresses[?(@.type==\"InternalIP\")].address}}")).Split(' ')[0];

    private async Task<string[]> NamesAsync(string ns) => [.. (await cluster.KubectlAsync($"get pods -n {ns} -l app=web --field-selector=status.phase=Running -o jsonpath={{.items[*].metadata.name}}")).Split(' ').Order(StringComparer.Ordinal)];

    private async Task<string[]> PodsAsync(string ns) => [.. (await cluster.KubectlAsync($"get pods -n {ns} -l app=web --field-selector=status.phase=Running -o jsonpath={{.items[*].status.podIP}}")).Split(' ').Order(StringComparer.Ordinal)];

    private async Task<string[]> EndpointsAsync(string ns) => [.. (await cluster.KubectlAsync(EndpointsOf(ns))).Split(' ').Order(StringComparer.Ordinal)];
}
