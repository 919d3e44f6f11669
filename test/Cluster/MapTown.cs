using Microsoft.Playwright;

namespace Vitrine.Cluster;

/// <summary>What the map's tests look at: a server and a client on different nodes, and a Service.</summary>
internal static class MapTown
{
    /// <summary>Its namespace. The pods are web, on node-2, and client, on node-3; the Service is web, at port 80.</summary>
    public static async Task<string> WebAsync(TestCluster cluster, string name, string selector = "app: web", string targetPort = "80")
    {
        var ns = await cluster.NamespaceAsync(name);
        await cluster.KubectlAsync("apply -f -", $$$$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"{{{{{ns}}}}}","labels":{"app":"web"}},"spec":{"nodeName":"node-2","terminationGracePeriodSeconds":1,"containers":[{"name":"main","image":"nginx","ports":[{"containerPort":80}]}]}}""");
        await cluster.PodAsync(ns, "client", "node-3");
        await cluster.KubectlAsync($"wait -n {ns} pod/web --for=condition=Ready --timeout=60s", limit: TimeSpan.FromSeconds(70));
        await cluster.KubectlAsync("apply -f -", Service(ns, "web", selector, targetPort));
        return ns;
    }

    public static string Service(string ns, string name, string selector, string targetPort = "80") =>
        $"---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: {ns}}}\nspec: {{selector: {{{selector}}}, ports: [{{port: 80, targetPort: {targetPort}}}]}}\n";

    /// <summary>A policy that selects a pod by its label, and allows nothing one way.</summary>
    public static string Closed(string ns, string app, string way) =>
        $$$$$"""{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"closed","namespace":"{{{{{ns}}}}}"},"spec":{"podSelector":{"matchLabels":{"app":"{{{{{app}}}}}"}},"policyTypes":["{{{{{way}}}}}"]}}""";

    /// <summary>An Ingress of one host, and the rest of its spec as JSON.</summary>
    public static string Ingress(string ns, string host, string paths, string more = "") =>
        $$$$$"""{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"door","namespace":"{{{{{ns}}}}}"},"spec":{"ingressClassName":"vitrine",{{{{{more}}}}}"rules":[{"host":"{{{{{host}}}}}","http":{"paths":[{{{{{paths}}}}}]}}]}}""";

    public static string Path(string path, int port) => $$$$$"""{"path":"{{{{{path}}}}}","pathType":"Prefix","backend":{"service":{"name":"web","port":{"number":{{{{{port}}}}}}}}}""";

    /// <summary>The namespace whose Services and gateways are drawn.</summary>
    public static async Task ChooseAsync(IPage page, string ns) => await page.Locator(".ns select").SelectOptionAsync(ns);
}
