using Xunit;

namespace Vitrine.Cluster;

/// <summary>Ingresses and Gateways as kubectl's users make and see them; what the gateway does with requests is told elsewhere.</summary>
public sealed class IngressApiTests(ThreeNodes cluster)
{
    [Fact]
    public async Task An_Ingress_gets_the_address_of_the_door_and_its_problems_are_told()
    {
        var ns = await cluster.NamespaceAsync("ing-api");
        Assert.Matches(@"(?m)^vitrine\s+vitrine\.dev/ingress\s+<none>\s", await cluster.KubectlAsync("get ingressclass"));
        await cluster.KubectlAsync($"create service clusterip web --tcp=80:8080 -n {ns}");
        await cluster.RunAsync(["create", "ingress", "shop", "--class=vitrine", "--rule=shop.example/cart*=web:80", "--rule=shop.example/=nothing:80,tls=absent", "-n", ns]);
        var address = (await cluster.EventuallyAsync($"get ing shop -n {ns} -o jsonpath={{.status.loadBalancer.ingress[*].ip}}", o => o.Length > 0)).Split(' ')[0];
        Assert.Matches($@"(?m)^shop\s+vitrine\s+shop\.example\s+{address}\S*\s+80, 443\s", await cluster.KubectlAsync($"get ing -n {ns}"));
        Assert.Contains(address, await cluster.KubectlAsync("get svc vitrine-ingress -n kube-system"), StringComparison.Ordinal);
        Assert.Equal("node-1 node-2 node-3", await cluster.KubectlAsync("get endpointslice vitrine-ingress-ipv4 -n kube-system -o jsonpath={.endpoints[*].nodeName}"));

        await cluster.RunAsync(["create", "ingress", "foreign", "--class=nginx", "--rule=a.example/=web:80", "-n", ns]);
        await cluster.EventuallyAsync($"describe ing shop -n {ns}", o => o.Contains("BackendNotFound", StringComparison.Ordinal) && o.Contains($"secret/{ns}/absent does not exist", StringComparison.Ordinal));
        await cluster.EventuallyAsync($"describe ing foreign -n {ns}", o => o.Contains("no controller serves class \"nginx\"", StringComparison.Ordinal));
        await cluster.KubectlAsync($"delete ing --all -n {ns}");
    }

    [Fact]
    public async Task A_Gateway_is_programmed_and_its_route_accepted()
    {
        var ns = await cluster.NamespaceAsync("gw-api");
        await cluster.KubectlAsync($"create service clusterip web --tcp=80:8080 -n {ns}");
        await cluster.KubectlAsync($"apply -n {ns} -f -", """
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: main}
            spec: {gatewayClassName: vitrine, listeners: [{name: http, port: 80, protocol: HTTP}]}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: web}
            spec: {parentRefs: [{name: main}], hostnames: [web.example], rules: [{backendRefs: [{name: web, port: 80}]}]}
            """);
        await cluster.KubectlAsync($"wait gateway/main -n {ns} --for=condition=Programmed --timeout=30s");
        await cluster.EventuallyAsync($"get gateway main -n {ns} -o jsonpath={{.status.listeners[0].attachedRoutes}}", o => o == "1");
        await cluster.EventuallyAsync($"get httproute web -n {ns} -o jsonpath={{.status.parents[0].conditions[*].reason}}", o => o == "Accepted ResolvedRefs");
        Assert.Matches(@"(?m)^main\s+vitrine\s+\S+\s+True\s", await cluster.KubectlAsync($"get gtw -n {ns}"));
        Assert.Contains("parentRefs", await cluster.KubectlAsync("explain httproute.spec"), StringComparison.Ordinal);
        Assert.Contains("must be an absolute path", (await cluster.TryAsync($"apply -n {ns} -f -", "---\n{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: bad}, spec: {rules: [{matches: [{path: {value: x}}]}]}}")).Error, StringComparison.Ordinal);
        await cluster.KubectlAsync($"delete gateway main -n {ns}");
        await cluster.EventuallyAsync($"get svc -n {ns} -o name", o => o.Trim() == "service/web");
    }
}
