using Xunit;

namespace Vitrine.Cluster;

/// <summary>NetworkPolicies as kubectl writes them, on two nodes: what passes by a pod's address, a Service's, its name, a node port and the gateway.</summary>
[Collection(nameof(IngressTraffic))]
public sealed class NetworkPolicyTests(ThreeNodes cluster)
{
    [Fact]
    public async Task A_namespace_closes_and_opens_for_another_by_every_way_in()
    {
        var ns = await new WebService("np-ways") { Replicas = 2, Spec = "type: NodePort\n  ipFamilyPolicy: PreferDualStack" }.ApplyAsync(cluster);
        var friends = await cluster.NamespaceAsync("np-friends");
        await cluster.PodAsync(ns, "inside", "node-2");
        await cluster.PodAsync(friends, "friend", "node-3");
        var port = await cluster.KubectlAsync($"get service web -n {ns} -o jsonpath={{.spec.ports[0].nodePort}}");
        var pods = (await cluster.KubectlAsync($"get pods -n {ns} -l app=web -o jsonpath={{.items[*].status.podIPs[*].ip}}")).Split(' ');
        var services = (await cluster.KubectlAsync($"get service web -n {ns} -o jsonpath={{.spec.clusterIPs[*]}}")).Split(' ');
        // The node port of the friend's own node: there its packets still bear its own address.
        var node = (await cluster.KubectlAsync("get node node-3 -o jsonpath={.status.addresses[0].address}")).Split(' ')[0];
        string[] ways = [.. pods.Select(TestCluster.Url), .. services.Select(TestCluster.Url), $"web.{ns}", $"{node}:{port}"];

        await AllAsync(ns, "inside", ways, passes: true);
        await AllAsync(friends, "friend", ways, passes: true);
        await PolicyAsync(ns, "deny", "podSelector: {}\n  policyTypes: [Ingress]");
        await AllAsync(ns, "inside", ways, passes: false);
        await AllAsync(friends, "friend", ways, passes: false);
        // Probes go on: whoever was ready stays ready.
        await Task.Delay(TimeSpan.FromSeconds(4));
        Assert.Equal("2", await cluster.KubectlAsync($"get deployment web -n {ns} -o jsonpath={{.status.readyReplicas}}"));

        await PolicyAsync(ns, "friends", $"podSelector: {{matchLabels: {{app: web}}}}\n  ingress:\n  - from: [{{namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: {friends}}}}}}}]\n    ports: [{{port: http}}]");
        await AllAsync(friends, "friend", ways, passes: true);
        await AllAsync(ns, "inside", ways, passes: false);

        var drops = await Shell.RunAsync(TestCluster.Vitrine, ["policy", "drops", "--name", cluster.Name]);
        Assert.Contains($"NetworkPolicy/{ns}/deny", drops.Output, StringComparison.Ordinal);
        // The same as Prometheus would read it off the node's agent.
        var home = await cluster.KubectlAsync($"get pods -n {ns} -l app=web -o jsonpath={{.items[0].status.hostIP}}");
        var pki = $"/var/lib/vitrine/clusters/{cluster.Name}/pki";
        var metrics = await Shell.RunAsync("curl", ["--noproxy", "*", "-s", "--cacert", $"{pki}/ca.crt", "--cert", $"{pki}/admin.crt", "--key", $"{pki}/admin.key", $"https://{home}:10250/metrics"]);
        Assert.Matches($$"""vitrine_policy_dropped_packets_total\{kind="NetworkPolicy",namespace="{{ns}}",policy="deny",direction="ingress"\} [1-9]""", metrics.Output);
        Assert.Matches("vitrine_dns_names [1-9]", metrics.Output);
        await cluster.KubectlAsync($"delete networkpolicy -n {ns} --all");
        await AllAsync(ns, "inside", ways, passes: true);
    }

    [Fact]
    public async Task Egress_to_the_clusters_DNS_and_one_application_as_everybody_writes_it()
    {
        var ns = await new WebService("np-egress") { Replicas = 1 }.ApplyAsync(cluster);
        var other = await new WebService("np-egress-other") { Replicas = 1 }.ApplyAsync(cluster);
        await cluster.PodAsync(ns, "client", "node-3");
        await PolicyAsync(ns, "only", """
            podSelector: {}
              policyTypes: [Egress]
              egress:
              - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]
                ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
              - to: [{podSelector: {matchLabels: {app: web}}}]
                ports: [{port: 80}]
            """);
        await AllAsync(ns, "client", [$"web.{ns}"], passes: true);
        await AllAsync(ns, "client", [$"web.{other}"], passes: false);
        Assert.Contains("np-egress-other", await cluster.InPodAsync(ns, "client", $"getent hosts web.{other}.svc.cluster.local"), StringComparison.Ordinal);
        await PolicyAsync(ns, "only", "podSelector: {}\n  policyTypes: [Egress]\n  egress: [{to: [{podSelector: {matchLabels: {app: web}}}]}]");
        await TestCluster.EventuallyAsync(async () => (await cluster.InPodAsync(ns, "client", $"timeout 3 getent hosts web.{ns} || echo nothing")).Contains("nothing", StringComparison.Ordinal), "DNS is closed");
        // Said before anything else, held against a question that was really sent, and mended by what is said.
        var (code, told) = await Explain.AskAsync(cluster, ns, "pod/client", "http://web");
        Assert.Equal((1, $"networkpolicy/{ns}/only"), (code, Explain.Text(told, "culprit")));
        Assert.Contains("cannot be looked up", Explain.Text(told, "why"), StringComparison.Ordinal);
        await Explain.MendAsync(cluster, told);
        await AllAsync(ns, "client", [$"web.{ns}"], passes: true);
    }

    [Fact]
    public async Task The_gateway_is_let_in_by_the_labels_of_its_entry_and_by_nothing_else()
    {
        var ns = await new WebService("np-gateway") { Replicas = 1 }.ApplyAsync(cluster);
        await cluster.KubectlAsync($"create ingress web -n {ns} --class=vitrine --rule=np.example/*=web:80");
        var address = await cluster.EventuallyAsync($"get ingress web -n {ns} -o jsonpath={{.status.loadBalancer.ingress[0].ip}}", o => o.Contains('.', StringComparison.Ordinal));
        Task<bool> Asked() => Task.Run(async () => (await Shell.RunAsync("curl", ["--noproxy", "*", "-s", "-m", "8", "-H", "Host: np.example", $"http://{address}/"])).Output.StartsWith("web-", StringComparison.Ordinal));
        await TestCluster.EventuallyAsync(Asked, "the gateway serves without a policy");
        await PolicyAsync(ns, "deny", "podSelector: {}\n  policyTypes: [Ingress]");
        await TestCluster.EventuallyAsync(async () => !await Asked(), "the gateway is closed out");
        await PolicyAsync(ns, "gateway", "podSelector: {matchLabels: {app: web}}\n  ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}}]}]");
        await TestCluster.EventuallyAsync(Asked, "the gateway is let in as of kube-system");
    }

    [Fact]
    public async Task Labels_decide_and_a_change_is_felt_at_once()
    {
        var ns = await new WebService("np-labels") { Replicas = 1 }.ApplyAsync(cluster);
        await cluster.PodAsync(ns, "client", "node-3");
        await PolicyAsync(ns, "members", "podSelector: {matchLabels: {app: web}}\n  ingress: [{from: [{podSelector: {matchLabels: {member: \"yes\"}}}]}]");
        for (var i = 0; i < 3; i++)
        {
            await AllAsync(ns, "client", ["web"], passes: false);
            await cluster.KubectlAsync($"label pod client -n {ns} member=yes");
            await AllAsync(ns, "client", ["web"], passes: true);
            await cluster.KubectlAsync($"label pod client -n {ns} member-");
        }
    }

    private Task PolicyAsync(string ns, string name, string spec) => cluster.KubectlAsync($"apply -n {ns} -f -", $"---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {name}}}\nspec:\n  {spec}\n");

    private async Task AllAsync(string ns, string from, IEnumerable<string> ways, bool passes)
    {
        foreach (var way in ways)
        {
            await TestCluster.EventuallyAsync(
                async () => (await cluster.InPodAsync(ns, from, $"curl -s -m 2 http://{way}/ || echo closed")).StartsWith(passes ? "web-" : "closed", StringComparison.Ordinal), $"{from} of {ns} {(passes ? "reaches" : "does not reach")} {way}");
        }
    }
}
