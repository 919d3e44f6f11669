namespace Vitrine.Cluster;

/// <summary>Servers that answer with their names, as Deployment "web", and the Service "web" in front of them.</summary>
public sealed record WebService(string Namespace)
{
    public int Replicas { get; init; } = 2;

    /// <summary>Lines of the Service's spec.</summary>
    public string Spec { get; init; } = "ipFamilyPolicy: SingleStack";

    public string Selector { get; init; } = "app: web";

    public string Port { get; init; } = "{port: 80}";

    /// <summary>What readiness asks for.</summary>
    public string Probe { get; init; } = "/";

    /// <summary>Where they must run, or anywhere.</summary>
    public string Node { get; init; } = "";

    /// <summary>When this returns all are ready, unless they never can be.</summary>
    public async Task<string> ApplyAsync(TestCluster cluster)
    {
        var ns = await cluster.NamespaceAsync(Namespace);
        await cluster.KubectlAsync($"apply -n {ns} -f -", $$$"""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replicas: {{{Replicas}}}
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  terminationGracePeriodSeconds: 1
                  nodeSelector: {{{(Node.Length == 0 ? "{}" : $"{{kubernetes.io/hostname: {Node}}}")}}}
                  containers:
                  - name: nginx
                    image: nginx
                    command: ["/bin/sh", "-c", "hostname > /usr/share/nginx/html/index.html; exec nginx -g 'daemon off;'"]
                    ports: [{containerPort: 80, name: http}]
                    readinessProbe: {httpGet: {path: {{{Probe}}}, port: 80}, periodSeconds: 1}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec:
              selector: { {{{Selector}}} }
              ports: [{{{Port}}}]
              {{{Spec}}}
            """);
        if (Replicas > 0 && Probe == "/")
        {
            await cluster.KubectlAsync($"rollout status deployment/web -n {ns} --timeout=90s", limit: TimeSpan.FromSeconds(100));
            if (Selector == "app: web")
            {
                await cluster.EventuallyAsync(
                    $"get endpointslices -n {ns} -l kubernetes.io/service-name=web -o jsonpath={{.items[*].endpoints[?(@.conditions.ready==true)].addresses[0]}}",
                    o => o.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length >= Replicas);
            }
        }

        return ns;
    }
}
