using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Vitrine.Cluster.Families;

/// <summary>The four chapters, policies and explain once through, in a cluster of other address families than usual.</summary>
internal static class Chapters
{
    /// <param name="cluster">with three nodes</param>
    /// <param name="families">its families, the primary first</param>
    public static async Task GoThroughAsync(TestCluster cluster, params AddressFamily[] families)
    {
        var ns = await new WebService("families") { Spec = "type: LoadBalancer\n  ipFamilyPolicy: PreferDualStack" }.ApplyAsync(cluster);
        await cluster.PodAsync(ns, "client", "node-2");
        await cluster.PodAsync(ns, "server", "node-3", "nginx", "exec nginx -g 'daemon off;'");

        // Pod to pod.
        var addresses = await cluster.AddressesAsync(ns, "server");
        Assert.Equal(families, addresses.Select(Family));
        Assert.Equal(addresses[0], await cluster.KubectlAsync($"get pod server -n {ns} -o jsonpath={{.status.podIP}}"));
        foreach (var address in addresses)
        {
            await cluster.EventuallyAsync($"exec -n {ns} client -- curl -s -m 2 -o /dev/null -w %{{http_code}} http://{TestCluster.Url(address)}/", o => o == "200");
        }

        // Services and names.
        Assert.StartsWith("web-", await cluster.InPodAsync(ns, "client", "curl -s -m 5 http://web/"), StringComparison.Ordinal);
        Assert.Equal(families, (await cluster.KubectlAsync($"get service web -n {ns} -o jsonpath={{.spec.clusterIPs[*]}}")).Split(' ').Select(Family));
        Assert.Equal("200", await cluster.InPodAsync(ns, "client", "curl -sk -m 5 -o /dev/null -w '%{http_code}' https://kubernetes.default/version"));
        foreach (var address in (await cluster.EventuallyAsync($"get service web -n {ns} -o jsonpath={{.status.loadBalancer.ingress[*].ip}}", o => o.Split(' ').Length == families.Length)).Split(' '))
        {
            await TestCluster.EventuallyAsync(async () => (await AskAsync($"http://{TestCluster.Url(address)}/")).StartsWith("web-", StringComparison.Ordinal), $"the host reaches {address}");
        }

        var port = await cluster.KubectlAsync($"get service web -n {ns} -o jsonpath={{.spec.ports[0].nodePort}}");
        foreach (var node in (await cluster.KubectlAsync("get nodes -o jsonpath={.items[*].status.addresses[?(@.type==\"InternalIP\")].address}")).Split(' '))
        {
            Assert.StartsWith("web-", await AskAsync($"http://{TestCluster.Url(node)}:{port}/"), StringComparison.Ordinal);
        }

        // Ingress.
        await cluster.KubectlAsync($"apply -n {ns} -f -", """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: web}
            spec: {ingressClassName: vitrine, rules: [{host: web.test, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
            """);
        foreach (var address in (await cluster.EventuallyAsync($"get ingress web -n {ns} -o jsonpath={{.status.loadBalancer.ingress[*].ip}}", o => o.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == families.Length)).Split(' '))
        {
            await TestCluster.EventuallyAsync(async () => (await AskAsync($"http://{TestCluster.Url(address)}/", "-H", "Host: web.test")).StartsWith("web-", StringComparison.Ordinal), $"the Ingress answers at {address}");
            Assert.Equal(0, (await Explain.AskAsync(cluster, ns, "pod/client", $"http://{TestCluster.Url(address)}/", "-H", "Host: web.test")).Code);
            Assert.Equal(1, (await Explain.AskAsync(cluster, ns, "pod/client", $"http://{TestCluster.Url(address)}/")).Code);
        }

        // Who may not, and why.
        Assert.Equal(0, (await Explain.AskAsync(cluster, ns, "pod/client", "svc/web")).Code);
        await cluster.KubectlAsync($"apply -n {ns} -f -", """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: nobody}
            spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}
            """);
        foreach (var pod in (await cluster.KubectlAsync($"get pods -n {ns} -l app=web -o jsonpath={{.items[*].status.podIP}}")).Split(' '))
        {
            await TestCluster.EventuallyAsync(async () => !(await cluster.InPodAsync(ns, "client", $"curl -s -m 1 http://{TestCluster.Url(pod)}/")).StartsWith("web-", StringComparison.Ordinal), $"the policy closes {pod}");
        }

        var (code, report) = await Explain.AskAsync(cluster, ns, "pod/client", "svc/web");
        Assert.Equal((1, $"networkpolicy/{ns}/nobody"), (code, Explain.Text(report, "culprit")));
    }

    private static AddressFamily Family(string address) => IPAddress.Parse(address).AddressFamily;

    private static async Task<string> AskAsync(string url, params string[] more) => (await Shell.RunAsync("curl", ["--noproxy", "*", "-s", "-m", "3", .. more, url])).Output;
}
