using System.Text.Json;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>Services as kubectl's users make and see them; where their packets go is told elsewhere.</summary>
public sealed class ServiceApiTests(ThreeNodes cluster)
{
    [Fact]
    public async Task Kubectl_creates_every_type_and_prints_them_as_ever()
    {
        var ns = await cluster.NamespaceAsync("svc-types");
        await cluster.KubectlAsync($"create service clusterip plain --tcp=5678:8080 -n {ns}");
        await cluster.KubectlAsync($"create service clusterip headless --clusterip=None -n {ns}");
        await cluster.KubectlAsync($"create service nodeport node --tcp=80:8080 --node-port=30080 -n {ns}");
        await cluster.KubectlAsync($"create service externalname name --external-name example.com -n {ns}");
        var table = await cluster.KubectlAsync($"get svc -n {ns} -o wide");
        var lines = table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        Assert.Equal(["NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE", "SELECTOR"], lines[0]);
        Assert.Equal(["headless", "ClusterIP", "None", "<none>", "<none>"], lines[1][..5]);
        Assert.Equal(["name", "ExternalName", "<none>", "example.com", "<none>"], lines[2][..5]);
        Assert.Equal(["node", "NodePort"], lines[3][..2]);
        Assert.Equal("80:30080/TCP", lines[3][4]);
        Assert.StartsWith(Start(cluster.ServiceCidr), lines[4][2], StringComparison.Ordinal);
        Assert.Equal("app=plain", lines[4][6]);
        Assert.Contains("ipFamilyPolicy", await cluster.KubectlAsync("explain svc.spec"), StringComparison.Ordinal);
        Assert.Contains("addressType", await cluster.KubectlAsync("explain endpointslices"), StringComparison.Ordinal);
        Assert.Contains("already allocated", (await cluster.TryAsync($"create service nodeport other --tcp=80 --node-port=30080 -n {ns}")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exposed_deployment_has_endpoints_that_follow_it()
    {
        var ns = await cluster.NamespaceAsync("svc-expose");
        await cluster.KubectlAsync($"create deployment web --image=nginx --replicas=2 -n {ns}");
        await cluster.KubectlAsync($"expose deployment web --port=80 -n {ns}");
        await EndpointsAsync(ns, "web", 2);
        var pod = Start(cluster.PodCidr).Replace(".", @"\.", StringComparison.Ordinal) + @"\d+\.\d+";
        Assert.Matches($@"(?m)^web\s+{pod}:80,{pod}:80\s", await cluster.KubectlAsync($"get endpoints -n {ns}"));
        Assert.Matches($@"(?m)^web-\w{{5}}\s+IPv4\s+80\s+{pod},{pod}\s", await cluster.KubectlAsync($"get endpointslices -n {ns}"));

        await cluster.KubectlAsync($"scale deployment web --replicas=4 -n {ns}");
        await EndpointsAsync(ns, "web", 4);
        await cluster.KubectlAsync($"scale deployment web --replicas=0 -n {ns}");
        await EndpointsAsync(ns, "web", 0);
        await cluster.KubectlAsync($"delete svc web -n {ns}");
        await cluster.EventuallyAsync($"get endpoints,endpointslices -n {ns} -o name", o => o.Trim().Length == 0);
    }

    [Fact]
    public async Task A_dual_stack_Service_has_slices_of_both_families()
    {
        var ns = await cluster.NamespaceAsync("svc-dual");
        await cluster.PodAsync(ns, "a", "node-2");
        await cluster.KubectlAsync($"label pod a app=a -n {ns}");
        await cluster.KubectlAsync($"apply -n {ns} -f -", "---\n" + """{apiVersion: v1, kind: Service, metadata: {name: both}, spec: {ipFamilyPolicy: PreferDualStack, selector: {app: a}, ports: [{port: 80}]}}""");
        Assert.Equal(2, (await cluster.KubectlAsync($"get svc both -n {ns} -o jsonpath={{.spec.clusterIPs[*]}}")).Split(' ').Length);
        var addresses = await cluster.AddressesAsync(ns, "a");
        await cluster.EventuallyAsync($"get endpointslices -n {ns} -o jsonpath={{.items[*].endpoints[*].addresses[*]}}", o => o.Split(' ').Order().SequenceEqual(addresses.Order()));
    }

    [Fact]
    public async Task An_applied_manifest_is_changed_by_its_ports_number_and_its_type_in_both_directions()
    {
        var ns = await cluster.NamespaceAsync("svc-apply");
        await ApplyAsync("ClusterIP", "{name: a, port: 80}, {name: b, port: 81}");
        var address = await cluster.KubectlAsync($"get svc web -n {ns} -o jsonpath={{.spec.clusterIP}}");
        await ApplyAsync("NodePort", "{name: a, port: 80, targetPort: 8080}, {name: c, port: 82}");
        Assert.Equal("80 82", await cluster.KubectlAsync($"get svc web -n {ns} -o jsonpath={{.spec.ports[*].port}}"));
        Assert.Equal(2, (await cluster.KubectlAsync($"get svc web -n {ns} -o jsonpath={{.spec.ports[*].nodePort}}")).Split(' ').Length);
        await ApplyAsync("ClusterIP", "{name: a, port: 80, targetPort: 8080}, {name: c, port: 82}");
        Assert.Equal("", await cluster.KubectlAsync($"get svc web -n {ns} -o jsonpath={{.spec.ports[*].nodePort}}"));
        Assert.Equal(address, await cluster.KubectlAsync($"get svc web -n {ns} -o jsonpath={{.spec.clusterIP}}"));
        Assert.Contains("may not change once set", (await cluster.RunAsync(["patch", "svc", "web", "-n", ns, "-p", """{"spec":{"clusterIP":"192.0.2.7","clusterIPs":["192.0.2.7"]}}"""])).Error, StringComparison.Ordinal);

        Task<string> ApplyAsync(string type, string ports) => cluster.KubectlAsync($"apply -n {ns} -f -", $"---\n{{apiVersion: v1, kind: Service, metadata: {{name: web}}, spec: {{type: {type}, ports: [{ports}]}}}}");
    }

    [Fact]
    public async Task A_balancer_has_an_address_from_the_end_of_the_nodes_range()
    {
        var ns = await cluster.NamespaceAsync("svc-lb");
        var nodes = cluster.NodeCidr[..(cluster.NodeCidr.LastIndexOf('.') + 1)];
        await cluster.KubectlAsync($"create service loadbalancer web --tcp=80 -n {ns}");
        var address = await cluster.EventuallyAsync($"get svc web -n {ns} -o jsonpath={{.status.loadBalancer.ingress[0].ip}}", o => o.StartsWith(nodes, StringComparison.Ordinal));
        Assert.InRange(int.Parse(address.Split('.')[3], System.Globalization.CultureInfo.InvariantCulture), 192, 254);
        Assert.Contains(address, await cluster.KubectlAsync($"get svc web -n {ns}"), StringComparison.Ordinal);
        await cluster.RunAsync(["annotate", "svc", "web", "-n", ns, $"metallb.io/loadBalancerIPs={nodes}250"]);
        await cluster.EventuallyAsync($"get svc web -n {ns}", o => o.Contains($"{nodes}250", StringComparison.Ordinal));
        await cluster.RunAsync(["annotate", "svc", "web", "-n", ns, "--overwrite", $"metallb.io/loadBalancerIPs={nodes}2"]);
        await cluster.EventuallyAsync($"get svc web -n {ns}", o => o.Contains("<pending>", StringComparison.Ordinal));
        await cluster.EventuallyAsync($"describe svc web -n {ns}", o => o.Contains($"the address {nodes}2 is in no pool; ask for one of {nodes}192-{nodes}254", StringComparison.Ordinal));
        await cluster.RunAsync(["annotate", "svc", "web", "-n", ns, "metallb.io/loadBalancerIPs-"]);
        await cluster.EventuallyAsync($"get svc web -n {ns} -o jsonpath={{.status.loadBalancer.ingress[0].ip}}", o => o.StartsWith(nodes, StringComparison.Ordinal));

        await cluster.KubectlAsync($"patch svc web -n {ns} -p {{\"spec\":{{\"type\":\"ClusterIP\"}}}}");
        await cluster.EventuallyAsync($"get svc web -n {ns} -o jsonpath={{.metadata.finalizers}}{{.status.loadBalancer}}", o => o == "{}");
        await cluster.KubectlAsync($"create service loadbalancer other --tcp=80 -n {ns}");
        await cluster.KubectlAsync($"delete svc other -n {ns} --timeout=20s");
    }

    [Fact]
    public async Task The_Service_kubernetes_leads_to_the_API_server()
    {
        var service = JsonDocument.Parse(await cluster.KubectlAsync("get svc kubernetes -o json")).RootElement;
        Assert.Equal($"{Start(cluster.ServiceCidr)}0.1", service.GetProperty("spec").GetProperty("clusterIP").GetString());
        Assert.Matches($@"(?m)^kubernetes\s+[\d.]+\.1:{cluster.ApiPort}\s", await cluster.KubectlAsync("get endpoints kubernetes"));
        Assert.Matches(@"(?m)^kubernetes\s+IPv4\s", await cluster.KubectlAsync("get endpointslices kubernetes"));
    }

    private Task EndpointsAsync(string ns, string service, int count) => cluster.EventuallyAsync(
        $"get endpointslices -n {ns} -l kubernetes.io/service-name={service} -o jsonpath={{.items[*].endpoints[?(@.conditions.ready==true)].addresses[0]}}",
        o => o.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == count);

    /// <summary>The first two numbers of a /16.</summary>
    private static string Start(string range) => string.Join('.', range.Split('.').Take(2)) + ".";
}
