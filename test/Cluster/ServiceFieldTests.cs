using System.Text.Json;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>Fields of ServiceSpec that need an operator's word or nodes of their own; the others are shown on the shared cluster.</summary>
public sealed class ServiceFieldTests(ServiceFieldTests.OwnCluster cluster) : IClassFixture<ServiceFieldTests.OwnCluster>
{
    /// <summary>With external addresses allowed, two pools, nodes that are missed soon, and a server for names outside, which a test plays.</summary>
    public sealed class OwnCluster() : TestCluster(
        "fields", 10, "--nodes", "3", "--allow-external-ips", "--node-monitor-grace-period", "4",
        "--lb-pool", "172.29.10.200-172.29.10.219", "--lb-pool", "special=172.29.10.220-172.29.10.221", "--dns-upstream", "172.29.10.190");

    [Fact]
    public async Task ExternalIPs_are_served_where_the_operator_lets_them()
    {
        var ns = await WebAsync("field-external", "externalIPs: [203.0.113.7]");
        await using var outside = await OutsideWorld.PlugInAsync(cluster);
        await outside.RunAsync($"ip route add 203.0.113.7 via {await AddressOfAsync("node-2")}");
        var names = await NamesAsync(ns);
        await TestCluster.EventuallyAsync(async () => names.Contains(await AskAsync(outside, "203.0.113.7")), "an external address answers");
        await cluster.PodAsync(ns, "client", "node-3");
        Assert.Contains((await cluster.InPodAsync(ns, "client", "curl -s -m 5 http://203.0.113.7/")).Trim(), names);
    }

    [Fact]
    public async Task A_health_check_node_port_says_where_endpoints_are()
    {
        var ns = await WebAsync("field-health", "type: LoadBalancer\n  externalTrafficPolicy: Local", node: "node-2");
        var port = await cluster.KubectlAsync($"get service web -n {ns} -o jsonpath={{.spec.healthCheckNodePort}}");
        foreach (var (node, status, count) in new[] { ("node-2", 200, 2), ("node-3", 503, 0) })
        {
            var url = $"http://{await AddressOfAsync(node)}:{port}/healthz";
            await TestCluster.EventuallyAsync(async () => await CodeAsync(url) == $"{status}", $"{node} says {status}");
            var said = JsonDocument.Parse((await Shell.RunAsync("curl", ["--noproxy", "*", "-s", "-m", "2", url])).Output).RootElement;
            Assert.Equal((count, "web"), (said.GetProperty("localEndpoints").GetInt32(), said.GetProperty("service").GetProperty("name").GetString()));
        }

        // Its last endpoint there ends: the node takes itself out.
        await cluster.KubectlAsync($"scale deployment web -n {ns} --replicas=0");
        var last = $"http://{await AddressOfAsync("node-2")}:{port}/healthz";
        await TestCluster.EventuallyAsync(async () => await CodeAsync(last) == "503", "node-2 takes itself out");
        // The port is the Service's own while it is Local.
        await cluster.KubectlAsync($"patch service web -n {ns} -p {{\"spec\":{{\"externalTrafficPolicy\":\"Cluster\"}}}}");
        await TestCluster.EventuallyAsync(async () => await CodeAsync(last) == "000", "nobody listens there any more");
        Assert.Equal("", await cluster.KubectlAsync($"get service web -n {ns} -o jsonpath={{.spec.healthCheckNodePort}}"));
    }

    [Fact]
    public async Task PublishNotReadyAddresses_shows_pods_before_they_are_ready()
    {
        var ns = await WebAsync("field-unready", "clusterIP: None\n  publishNotReadyAddresses: true", probe: "/never");
        await cluster.PodAsync(ns, "client", "node-3");
        await TestCluster.EventuallyAsync(
            async () => (await cluster.InPodAsync(ns, "client", "getent ahostsv4 web")).Split('\n').Count(l => l.Contains("STREAM", StringComparison.Ordinal)) == 2, "both have a place in the name");
        Assert.Equal("true true", await cluster.KubectlAsync($"get endpointslices -n {ns} -l kubernetes.io/service-name=web -o jsonpath={{.items[?(@.addressType==\"IPv4\")].endpoints[*].conditions.ready}}"));
        Assert.DoesNotContain("True", await cluster.KubectlAsync($"get pods -n {ns} -l app=web -o jsonpath={{.items[*].status.conditions[?(@.type==\"Ready\")].status}}"), StringComparison.Ordinal);
        await cluster.KubectlAsync($"patch service web -n {ns} -p {{\"spec\":{{\"publishNotReadyAddresses\":false}}}}");
        await TestCluster.EventuallyAsync(async () => (await cluster.InPodAsync(ns, "client", "getent ahostsv4 web || echo none")).Contains("none", StringComparison.Ordinal), "they have none any more");
    }

    [Fact]
    public async Task TrafficDistribution_keeps_clients_in_their_zone()
    {
        foreach (var (node, zone) in new[] { ("node-1", "a"), ("node-2", "a"), ("node-3", "b") })
        {
            await cluster.KubectlAsync($"label node {node} topology.kubernetes.io/zone={zone} --overwrite");
        }

        var ns = await WebAsync("field-zones", "trafficDistribution: PreferClose", replicas: 0);
        foreach (var node in new[] { "node-2", "node-3" })
        {
            await cluster.PodAsync(ns, $"on-{node}", node, "nginx", "hostname > /usr/share/nginx/html/index.html; exec nginx -g 'daemon off;'");
            await cluster.KubectlAsync($"label pod on-{node} -n {ns} app=web");
            await cluster.PodAsync(ns, $"client-{node}", node);
        }

        await cluster.EventuallyAsync($"get endpointslices -n {ns} -l kubernetes.io/service-name=web -o jsonpath={{.items[*].endpoints[*].hints.forZones[*].name}}", o => o.Split(' ').Order(StringComparer.Ordinal).SequenceEqual(["a", "b"]));
        foreach (var node in new[] { "node-2", "node-3" })
        {
            await TestCluster.EventuallyAsync(async () => (await ManyAsync(ns, $"client-{node}")).SequenceEqual([$"on-{node}"]), $"a client on {node} stays in its zone");
        }

        // A zone without an endpoint asks the others.
        await cluster.KubectlAsync($"delete pod on-node-3 -n {ns}");
        await TestCluster.EventuallyAsync(async () => (await ManyAsync(ns, "client-node-3")).SequenceEqual(["on-node-2"]), "nobody is left without");
    }

    [Fact]
    public async Task A_load_balancer_of_another_class_is_left_to_its_owner()
    {
        var ns = await WebAsync("field-class", "type: LoadBalancer\n  loadBalancerClass: example.com/theirs", replicas: 0);
        var own = await WebAsync("field-class-own", "type: LoadBalancer\n  loadBalancerClass: vitrine.dev/lb", replicas: 0);
        await cluster.EventuallyAsync($"get service web -n {own} -o jsonpath={{.status.loadBalancer.ingress[0].ip}}", o => o.Length > 0);
        Assert.Equal("", await cluster.KubectlAsync($"get service web -n {ns} -o jsonpath={{.status.loadBalancer.ingress}}"));
        Assert.Contains("may not change once set", (await cluster.TryAsync($"patch service web -n {ns} -p {{\"spec\":{{\"loadBalancerClass\":\"example.com/else\"}}}}")).Error, StringComparison.Ordinal);

        // Their controller's address is served like ours.
        await cluster.KubectlAsync($"scale deployment web -n {ns} --replicas=1");
        await cluster.KubectlAsync($"patch service web -n {ns} --subresource=status -p {{\"status\":{{\"loadBalancer\":{{\"ingress\":[{{\"ip\":\"203.0.113.9\"}}]}}}}}}");
        await cluster.PodAsync(ns, "client", "node-2");
        await TestCluster.EventuallyAsync(async () => (await cluster.InPodAsync(ns, "client", "curl -s -m 2 http://203.0.113.9/")).StartsWith("web-", StringComparison.Ordinal), "another's address answers inside");
    }

    [Fact]
    public async Task A_pool_or_an_address_may_be_asked_for_and_what_cannot_be_given_is_told()
    {
        var ns = await cluster.NamespaceAsync("field-pools");
        await LoadBalancerAsync(ns, "of-pool", "vitrine.dev/lb-pool: special");
        Assert.Contains(await IngressAsync(ns, "of-pool"), new[] { "172.29.10.220", "172.29.10.221" });
        await LoadBalancerAsync(ns, "asked", "metallb.io/loadBalancerIPs: 172.29.10.217");
        Assert.Equal("172.29.10.217", await IngressAsync(ns, "asked"));
        await LoadBalancerAsync(ns, "field", "", "loadBalancerIP: 172.29.10.216");
        Assert.Equal("172.29.10.216", await IngressAsync(ns, "field"));

        foreach (var (name, annotation, why) in new[]
        {
            ("taken", "metallb.io/loadBalancerIPs: 172.29.10.217", $"the address 172.29.10.217 is {ns}/asked's already"),
            ("beyond", "metallb.io/loadBalancerIPs: 172.29.10.99", "the address 172.29.10.99 is in no pool"),
            ("unknown", "vitrine.dev/lb-pool: nowhere", "there is no pool \"nowhere\"; there are: default, special"),
        })
        {
            await LoadBalancerAsync(ns, name, annotation);
            await cluster.EventuallyAsync($"get events -n {ns} --field-selector involvedObject.name={name} -o jsonpath={{.items[*].message}}", o => o.Contains(why, StringComparison.Ordinal));
            Assert.Contains("<pending>", await cluster.KubectlAsync($"get service {name} -n {ns} --no-headers"), StringComparison.Ordinal);
        }

        // What becomes free is given to who waits for it.
        await cluster.KubectlAsync($"delete service asked -n {ns}");
        Assert.Equal("172.29.10.217", await IngressAsync(ns, "taken"));
    }

    [Fact]
    public async Task A_load_balancer_may_do_without_node_ports()
    {
        var ns = await WebAsync("field-ports", "type: LoadBalancer\n  allocateLoadBalancerNodePorts: false");
        var address = await IngressAsync(ns, "web");
        Assert.Equal("", await cluster.KubectlAsync($"get service web -n {ns} -o jsonpath={{.spec.ports[*].nodePort}}"));
        await using var outside = await OutsideWorld.PlugInAsync(cluster);
        await TestCluster.EventuallyAsync(async () => (await AskAsync(outside, address)).StartsWith("web-", StringComparison.Ordinal), "the address answers");
    }

    [Fact]
    public async Task A_type_changes_in_both_directions_and_gives_back_what_it_had()
    {
        var ns = await WebAsync("field-types", "type: ClusterIP\n  ipFamilyPolicy: SingleStack");
        var clusterIP = await SpecAsync(ns, ".spec.clusterIP");
        await cluster.KubectlAsync($"patch service web -n {ns} -p {{\"spec\":{{\"type\":\"LoadBalancer\"}}}}");
        var balancer = await IngressAsync(ns, "web");
        var port = await SpecAsync(ns, ".spec.ports[0].nodePort");
        var node = await AddressOfAsync("node-3");
        await TestCluster.EventuallyAsync(async () => await CodeAsync($"http://{balancer}/") == "200" && await CodeAsync($"http://{node}:{port}/") == "200", "both ways lead in");

        await cluster.KubectlAsync($"patch service web -n {ns} -p {{\"spec\":{{\"type\":\"NodePort\"}}}}");
        await TestCluster.EventuallyAsync(async () => await CodeAsync($"http://{balancer}/") == "000" && await CodeAsync($"http://{node}:{port}/") == "200", "the address is released, the port stays");
        Assert.Equal("", await SpecAsync(ns, ".status.loadBalancer.ingress"));

        await cluster.KubectlAsync($"patch service web -n {ns} -p {{\"spec\":{{\"type\":\"ClusterIP\",\"ports\":[{{\"port\":80,\"nodePort\":0}}]}}}}");
        await TestCluster.EventuallyAsync(async () => await CodeAsync($"http://{node}:{port}/") == "000", "the port is released");
        Assert.Equal(clusterIP, await SpecAsync(ns, ".spec.clusterIP"));

        await cluster.KubectlAsync($"patch service web -n {ns} -p {{\"spec\":{{\"ipFamilyPolicy\":\"PreferDualStack\"}}}}");
        var both = (await SpecAsync(ns, ".spec.clusterIPs[*]")).Split(' ');
        Assert.Equal((2, clusterIP), (both.Length, both[0]));
        await cluster.PodAsync(ns, "client", "node-2");
        await TestCluster.EventuallyAsync(async () => (await cluster.InPodAsync(ns, "client", $"curl -s -m 2 http://[{both[1]}]/")).StartsWith("web-", StringComparison.Ordinal), "the second family answers");

        await cluster.KubectlAsync($"patch service web -n {ns} -p {{\"spec\":{{\"type\":\"ExternalName\",\"externalName\":\"elsewhere.example\",\"clusterIP\":\"\",\"clusterIPs\":null}}}}");
        await TestCluster.EventuallyAsync(async () => !(await cluster.InPodAsync(ns, "client", $"curl -s -m 1 http://{clusterIP}/ || echo no")).StartsWith("web-", StringComparison.Ordinal), "its address is nobody's");
    }

    [Fact]
    public async Task SCTP_ports_are_in_the_tables_like_others()
    {
        var ns = await WebAsync("field-sctp", "ipFamilyPolicy: SingleStack", port: "{name: web, port: 80}, {name: signal, port: 3868, protocol: SCTP}");
        var address = await SpecAsync(ns, ".spec.clusterIP");
        Assert.Contains("80/TCP,3868/SCTP", await cluster.KubectlAsync($"get service web -n {ns} --no-headers"), StringComparison.Ordinal);
        await TestCluster.EventuallyAsync(
            async () => (await cluster.OnNodeAsync("node-2", "nft list table inet vitrine-services")).Output.Contains($"{address} . sctp . 3868", StringComparison.Ordinal), "the kernel has it");
    }

    [Fact]
    public async Task When_its_node_dies_a_load_balancers_address_moves_to_another()
    {
        // The address is one that the hash of Announcement gives to node-2; the servers are elsewhere, so that only the announcing is lost with it.
        const string Address = "172.29.10.219";
        var ns = await WebAsync("field-failover", $"type: LoadBalancer\n  loadBalancerIP: {Address}", node: "node-3");
        await using var outside = await OutsideWorld.PlugInAsync(cluster);
        await TestCluster.EventuallyAsync(async () => (await AskAsync(outside, Address)).StartsWith("web-", StringComparison.Ordinal), "the address answers");
        var holder = await HolderAsync(outside, Address);
        Assert.Equal("node-2", holder);
        await cluster.NodeAsync("stop", holder);
        try
        {
            // Its lease runs out; the neighbour is told without asking.
            await TestCluster.EventuallyAsync(async () => (await AskAsync(outside, Address)).StartsWith("web-", StringComparison.Ordinal) && await HolderAsync(outside, Address) is "node-1" or "node-3", "another node answers for it", 30);
        }
        finally
        {
            await cluster.NodeAsync("start", holder);
        }

        await cluster.EventuallyAsync($"get node {holder} --no-headers", o => o.Contains(" Ready", StringComparison.Ordinal), seconds: 30);
        await TestCluster.EventuallyAsync(async () => (await AskAsync(outside, Address)).StartsWith("web-", StringComparison.Ordinal), "and goes on when it is back");
    }

    [Fact]
    public async Task When_the_node_dies_that_Ingresses_are_reached_by_the_proxy_of_another_answers_at_the_same_address()
    {
        // Made beforehand, so that it has an address that the hash gives to node-3.
        const string Address = "172.29.10.218";
        await cluster.KubectlAsync("apply -n kube-system -f -", $$$"""
            apiVersion: v1
            kind: Service
            metadata: {name: vitrine-ingress}
            spec: {type: LoadBalancer, loadBalancerIP: {{{Address}}}, externalTrafficPolicy: Local, ports: [{name: http, port: 80}]}
            """);
        var ns = await WebAsync("field-ingress", "ipFamilyPolicy: SingleStack", node: "node-2");
        await cluster.KubectlAsync($"create ingress web -n {ns} --class=vitrine --rule=/*=web:80");
        Assert.Equal(Address, await cluster.EventuallyAsync($"get ingress web -n {ns} -o jsonpath={{.status.loadBalancer.ingress[*].ip}}", o => o.Length > 0));
        await using var outside = await OutsideWorld.PlugInAsync(cluster);
        await TestCluster.EventuallyAsync(async () => (await AskAsync(outside, Address)).StartsWith("web-", StringComparison.Ordinal), "the address answers");
        Assert.Equal("node-3", await HolderAsync(outside, Address));
        await cluster.NodeAsync("stop", "node-3");
        try
        {
            await TestCluster.EventuallyAsync(async () => (await AskAsync(outside, Address)).StartsWith("web-", StringComparison.Ordinal) && await HolderAsync(outside, Address) is "node-1" or "node-2", "another node's proxy answers", 30);
        }
        finally
        {
            await cluster.NodeAsync("start", "node-3");
        }

        await cluster.EventuallyAsync("get node node-3 --no-headers", o => o.Contains(" Ready", StringComparison.Ordinal), seconds: 30);
        await TestCluster.EventuallyAsync(async () => await HolderAsync(outside, Address) == "node-3" && (await AskAsync(outside, Address)).StartsWith("web-", StringComparison.Ordinal), "and it goes back when the node does", 30);
        await cluster.KubectlAsync($"delete ingress web -n {ns}");
        await cluster.KubectlAsync("delete service vitrine-ingress -n kube-system");
    }

    [Fact]
    public async Task Names_outside_are_asked_of_the_upstream_and_remembered()
    {
        await using var world = await OutsideWorld.PlugInAsync(cluster, 190);
        var ns = await cluster.NamespaceAsync("field-upstream");
        await cluster.PodAsync(ns, "client", "node-3");
        var server = world.RunAsync("exec timeout 60 dnsmasq --no-daemon --no-resolv --no-hosts --bind-interfaces --listen-address=172.29.10.190 --pid-file= --local-ttl=30 --host-record=shop.example,198.51.100.80");
        await TestCluster.EventuallyAsync(async () => (await cluster.InPodAsync(ns, "client", "getent ahostsv4 shop.example")).StartsWith("198.51.100.80", StringComparison.Ordinal), "a name outside is resolved");
        Assert.Contains("none", await cluster.InPodAsync(ns, "client", "getent ahostsv4 absent.example || echo none"), StringComparison.Ordinal);
        await world.RunAsync("ip link set eth0 down");
        // The upstream is away: what was learned is still known, and the cluster's own names of course.
        Assert.StartsWith("198.51.100.80", await cluster.InPodAsync(ns, "client", "getent ahostsv4 shop.example"), StringComparison.Ordinal);
        Assert.Contains("STREAM", await cluster.InPodAsync(ns, "client", "getent ahostsv4 kubernetes.default"), StringComparison.Ordinal);
        await world.RunAsync("kill $(ip netns pids $(ip netns identify $$) | xargs -n1 | grep -v $$) 2>/dev/null");
        await server;
    }

    private Task<string> WebAsync(string name, string spec, int replicas = 2, string node = "", string probe = "/", string port = "{port: 80}") =>
        new WebService(name) { Spec = spec, Replicas = replicas, Node = node, Probe = probe, Port = port }.ApplyAsync(cluster);

    private Task<string> LoadBalancerAsync(string ns, string name, string annotation, string more = "") => cluster.KubectlAsync($"apply -n {ns} -f -", $$$"""
        apiVersion: v1
        kind: Service
        metadata: {name: {{{name}}}, annotations: { {{{annotation}}} }}
        spec:
          type: LoadBalancer
          ports: [{port: 80}]
          {{{more}}}
        """);

    private Task<string> IngressAsync(string ns, string name) => cluster.EventuallyAsync($"get service {name} -n {ns} -o jsonpath={{.status.loadBalancer.ingress[0].ip}}", o => o.Length > 0);

    private Task<string> SpecAsync(string ns, string path) => cluster.KubectlAsync($"get service web -n {ns} -o jsonpath={{{path}}}");

    private async Task<List<string>> NamesAsync(string ns) => [.. (await cluster.KubectlAsync($"get pods -n {ns} -l app=web -o jsonpath={{.items[*].metadata.name}}")).Split(' ')];

    private async Task<string> AddressOfAsync(string node) => (await cluster.KubectlAsync($"get node {node} -o jsonpath={{.status.addresses[?(@.type==\"InternalIP\")].address}}")).Split(' ')[0];

    private async Task<IEnumerable<string>> ManyAsync(string ns, string client) =>
        (await cluster.InPodAsync(ns, client, "for i in $(seq 20); do curl -s -m 2 http://web/ || echo lost; done")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct();

    private static async Task<string> AskAsync(OutsideWorld outside, string address) => (await outside.RunAsync($"curl --noproxy '*' -s -m 2 http://{address}/")).Output.Trim();

    private static async Task<string> CodeAsync(string url) => (await Shell.RunAsync("curl", ["--noproxy", "*", "-s", "-m", "2", "-o", "/dev/null", "-w", "%{http_code}", url])).Output;

    /// <summary>The node whose MAC the outside has for an address.</summary>
    private async Task<string> HolderAsync(OutsideWorld outside, string address)
    {
        var mac = (await outside.RunAsync($"ip -o neigh show {address} | sed -n 's/.*lladdr \\([^ ]*\\).*/\\1/p'")).Output.Trim();
        foreach (var node in new[] { "node-1", "node-2", "node-3" })
        {
            if (mac.Length > 0 && (await cluster.OnNodeAsync(node, "ip -o link show")).Output.Contains(mac, StringComparison.OrdinalIgnoreCase))
            {
                return node;
            }
        }

        return mac;
    }
}
