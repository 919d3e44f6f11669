using System.Text.Json;
using Xunit;
using static Vitrine.Cluster.Explain;

namespace Vitrine.Cluster;

/// <summary>`vitrine explain URL`: a request through the gateway, where all is well and where something is broken on purpose.</summary>
[Collection(nameof(IngressTraffic))]
public sealed class ExplainGatewayTests(ThreeNodes cluster)
{
    [Fact]
    public async Task A_request_is_followed_from_its_name_to_the_pod_with_the_rules_that_lost()
    {
        var ns = await WebAsync("gw-fine", "fine.example", "{path: /cart, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}\n      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}");
        await HealthyAsync(ns, "http://fine.example/cart");
        await cluster.PodAsync(ns, "client", "node-3");
        foreach (var from in new[] { "host", $"pod/{ns}/client", "node/node-2" })
        {
            var (code, report) = await AskAsync(ns, "http://fine.example/cart/1", "--from", from);
            Assert.Equal((0, "Delivered", "Forwarded"), (code, Text(report, "verdict"), Text(report.GetProperty("web"), "verdict")));
            var web = report.GetProperty("web");
            Assert.Equal($"Ingress/{ns}/web spec.rules[0].http.paths[0]", Text(web, "rule"));
            Assert.Contains(web.GetProperty("lost").EnumerateArray(), l => Text(l, "why").Contains("comes before it", StringComparison.Ordinal));
            Assert.Equal(404, web.GetProperty("status").GetInt32());
            Assert.StartsWith($"pod/{ns}/web-", Text(report.GetProperty("onward").EnumerateArray().Last(), "where"), StringComparison.Ordinal);
        }

        var said = await Shell.RunAsync(TestCluster.Vitrine, ["explain", "http://fine.example/", "--name", cluster.Name]);
        Assert.Equal(0, said.ExitCode);
        Assert.Contains("THE REQUEST", said.Output, StringComparison.Ordinal);
        Assert.Contains("FROM THE GATEWAY", said.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_class_is_found_and_mended()
    {
        var ns = await WebAsync("gw-class", "class.example", className: "");
        await MendedAsync(ns, "http://class.example/", "NoRule", $"ingress/{ns}/web", "no class");
    }

    [Fact]
    public async Task A_class_of_nobody_is_found_and_mended()
    {
        var ns = await WebAsync("gw-nginx", "nginx.example", className: "nginx");
        await MendedAsync(ns, "http://nginx.example/", "NoRule", $"ingress/{ns}/web", "no IngressClass nginx");
    }

    [Fact]
    public async Task A_typo_in_a_host_is_found_and_mended()
    {
        var ns = await WebAsync("gw-host", "typos.xample");
        await MendedAsync(ns, "http://typos.example/", "NoRule", $"ingress/{ns}/web", "typos.xample");
    }

    [Fact]
    public async Task A_wrong_path_type_is_found_and_mended()
    {
        var ns = await WebAsync("gw-path", "path.example", "{path: /cart, pathType: Exact, backend: {service: {name: web, port: {number: 80}}}}");
        await MendedAsync(ns, "http://path.example/cart/1", "NoRule", $"ingress/{ns}/web", "exactly");
    }

    [Fact]
    public async Task A_wrong_port_of_a_Service_is_found()
    {
        var ns = await WebAsync("gw-port", "port.example", "{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 81}}}}");
        await BrokenAsync(ns, "http://port.example/", "BrokenReference", $"ingress/{ns}/web", "has no TCP port 81, only 80");
    }

    [Fact]
    public async Task No_endpoint_is_traced_to_the_selector_and_mended()
    {
        var ns = await WebAsync("gw-empty", "empty.example", selector: "app: wbe");
        await MendedAsync(ns, "http://empty.example/", "NoEndpoint", $"service/{ns}/web", "selector");
    }

    [Fact]
    public async Task A_Secret_that_is_absent_or_does_not_fit_its_key_is_found()
    {
        var ns = await WebAsync("gw-secret", "secret.example", tls: "[{hosts: [secret.example], secretName: shown}]");
        await BrokenAsync(ns, "https://secret.example/", "NoCertificate", $"ingress/{ns}/web", "shown");
        using TestCertificate one = new("secret.example"), two = new("secret.example");
        // kubectl itself refuses a pair that does not fit, so it is written as somebody's tool would.
        var mixed = $$$"""{"apiVersion":"v1","kind":"Secret","type":"kubernetes.io/tls","metadata":{"name":"shown"},"data":{"tls.crt":"{{{Base64(one.Path)}}}","tls.key":"{{{Base64(two.KeyPath)}}}"}}""";
        await cluster.KubectlAsync($"apply -n {ns} -f -", mixed);
        await BrokenAsync(ns, "https://secret.example/", "NoCertificate", $"ingress/{ns}/web", "key");

        await cluster.KubectlAsync($"delete secret shown -n {ns}");
        await one.StoreAsync(cluster, ns, "shown");
        await HealthyAsync(ns, "https://secret.example/");
        var (_, report) = await AskAsync(ns, "https://secret.example/");
        Assert.Equal($"secret/{ns}/shown", Text(report.GetProperty("web"), "certificate"));

        static string Base64(string file) => Convert.ToBase64String(File.ReadAllBytes(file));
    }

    [Fact]
    public async Task A_missing_ReferenceGrant_is_found()
    {
        var other = await WebAsync("gw-granter", "unused.example");
        var ns = await cluster.NamespaceAsync("gw-grant");
        await cluster.KubectlAsync($"apply -n {ns} -f -", $$$"""
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: GatewayClass
            metadata: {name: vitrine-test}
            spec: {controllerName: vitrine.dev/gateway}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: door}
            spec:
              gatewayClassName: vitrine-test
              listeners: [{name: http, port: 80, protocol: HTTP}]
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: far}
            spec:
              parentRefs: [{name: door}]
              hostnames: [grant.example]
              rules: [{backendRefs: [{name: web, namespace: {{{other}}}, port: 80}]}]
            """);
        await BrokenAsync(ns, "http://grant.example/", "BrokenReference", $"httproute/{ns}/far", "ReferenceGrant");
        await cluster.KubectlAsync($"apply -n {other} -f -", $$$"""
            ---
            apiVersion: gateway.networking.k8s.io/v1beta1
            kind: ReferenceGrant
            metadata: {name: from-{{{ns}}}}
            spec:
              from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: {{{ns}}}}]
              to: [{group: "", kind: Service}]
            """);
        await HealthyAsync(ns, "http://grant.example/");
    }

    private async Task<(int Code, JsonElement Report)> AskAsync(string ns, string url, params string[] more)
    {
        var said = await Shell.RunAsync(TestCluster.Vitrine, ["explain", url, "--name", cluster.Name, "-n", ns, "-o", "json", .. more]);
        Assert.True(said.Output.StartsWith('{'), said.All);
        Assert.True(said.ExitCode != 2, $"prediction and answer disagree: {said.All}");
        return (said.ExitCode, JsonDocument.Parse(said.Output).RootElement.Clone());
    }

    private async Task<JsonElement> BrokenAsync(string ns, string url, string verdict, string culprit, string why)
    {
        // The gateway hears of the objects a moment after they are written; until then the answers may still be those of before.
        JsonElement report = default;
        await TestCluster.EventuallyAsync(async () =>
        {
            var said = await Shell.RunAsync(TestCluster.Vitrine, ["explain", url, "--name", cluster.Name, "-n", ns, "-o", "json"]);
            if (!said.Output.StartsWith('{'))
                return false;
            report = JsonDocument.Parse(said.Output).RootElement.Clone();
            return said.ExitCode == 1 && report.GetProperty("web").ValueKind == JsonValueKind.Object;
        }, $"{url} is explained");
        Assert.Equal((verdict, culprit), (Text(report, "verdict"), Text(report, "culprit")));
        Assert.Contains(why, Text(report, "why"), StringComparison.Ordinal);
        Assert.NotEqual("", Text(report, "fix"));
        return report;
    }

    private async Task MendedAsync(string ns, string url, string verdict, string culprit, string why)
    {
        var report = await BrokenAsync(ns, url, verdict, culprit, why);
        await MendAsync(cluster, report);
        await HealthyAsync(ns, url);
    }

    private async Task HealthyAsync(string ns, string url)
    {
        await TestCluster.EventuallyAsync(async () =>
        {
            var said = await Shell.RunAsync(TestCluster.Vitrine, ["explain", url, "--name", cluster.Name, "-n", ns, "-o", "json"]);
            return said.ExitCode == 0 && JsonDocument.Parse(said.Output).RootElement.GetProperty("web") is { ValueKind: JsonValueKind.Object } web && Text(web, "verdict") == "Forwarded";
        }, $"{url} is well", 30);
    }

    private async Task<string> WebAsync(
        string name, string host, string paths = "{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}", string className = "vitrine", string selector = "app: web", string tls = "[]")
    {
        var ns = await new WebService(name) { Replicas = 1, Selector = selector, Port = "{name: http, port: 80}" }.ApplyAsync(cluster);
        await cluster.KubectlAsync($"apply -n {ns} -f -", $$$"""
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: web}
            spec:
              {{{(className.Length == 0 ? "" : $"ingressClassName: {className}")}}}
              tls: {{{tls}}}
              rules:
              - host: {{{host}}}
                http:
                  paths:
                  - {{{paths}}}
            """);
        return ns;
    }
}
