using System.Text.Json;
using Vitrine.Explaining;
using Vitrine.Manifests;
using Vitrine.Verbs;
using Xunit;

namespace Vitrine.Unit.Explaining;

/// <summary>The broken cases of the cluster's explain tests, answered from YAML alone: the same culprit, the same fix.</summary>
public sealed class FileExplainTests
{
    private const string Path = "{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}";

    [Fact]
    public async Task Nothing_is_read_or_sent_and_the_answer_says_so()
    {
        var report = await AskAsync(Web(), "pod/client", "http://web");
        Assert.Equal(("NotKnown", null, true), (report.Verdict, report.Culprit, ExplainText.Good(report)));
        Assert.Null(report.Probe);
        Assert.Equal(["in.yaml"], report.Files);
        Assert.All(report.Naming.Concat(report.Forward).Concat(report.Reply), h => Assert.False(h.Observed));
        Assert.Equal("service/default/web", report.Naming[^1].Object);
        Assert.Equal(2, report.Endpoints.Count(e => e.Chosen));
        var text = new StringWriter();
        ExplainText.Print(text, report);
        Assert.Contains("planned: from in.yaml alone", text.ToString(), StringComparison.Ordinal);
        Assert.False(JsonDocument.Parse(JsonSerializer.Serialize(report, VerbJson.Default.ExplainReport)).RootElement.GetProperty("forward")[0].GetProperty("observed").GetBoolean());
    }

    [Theory]
    [InlineData("app: web", "app: wbe", "service/default/web", "selector", "app=web")]
    [InlineData("{port: 80}", "{port: 80, targetPort: 81}", "service/default/web", "targetPort", "to 80")]
    [InlineData("{port: 80}", "{port: 80, targetPort: htpp}", "service/default/web", "targetPort", "\"http\"")]
    [InlineData("replicas: 2", "replicas: 0", "deployment/default/web", "replicas: 0", "scale it up")]
    [InlineData("httpGet: {port: http}", "httpGet: {port: htpp}", "pod/default/web-", "port \"htpp\"", "readiness probe")]
    [InlineData("ports: [{port: 80}]", "internalTrafficPolicy: Local, ports: [{port: 80}]", "service/default/web", "internalTrafficPolicy", "Cluster")]
    public async Task A_broken_Service(string good, string bad, string culprit, string why, string fix)
    {
        Assert.True(ExplainText.Good(await AskAsync(Web(), "pod/client", "http://web")));
        var report = await AskAsync(Web().Replace(good == "app: web" ? "selector: {app: web}, ports" : good, good == "app: web" ? "selector: {app: wbe}, ports" : bad, StringComparison.Ordinal), "pod/client", "http://web");
        Assert.False(ExplainText.Good(report));
        Assert.StartsWith(culprit, report.Culprit, StringComparison.Ordinal);
        Assert.Contains(why, report.Why, StringComparison.Ordinal);
        Assert.Contains(fix, report.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_in_the_way_and_the_one_that_opens_it()
    {
        var closed = Web() + "\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: wall}\nspec: {podSelector: {}, policyTypes: [Ingress]}\n";
        var report = await AskAsync(closed, "pod/client", "http://web");
        Assert.Equal(("Dropped", "networkpolicy/default/wall"), (report.Verdict, report.Culprit));
        Assert.Contains("from: [{podSelector: {", report.Fix, StringComparison.Ordinal);
        Assert.Contains(report.Forward, h => h is { Object: "networkpolicy/default/wall", Entry: "table inet vitrine-policy" });
        Assert.True(ExplainText.Good(await AskAsync($"{closed}---\n{report.Command!.Split('\'')[1]}\n", "pod/client", "http://web")));
    }

    [Fact]
    public async Task Who_may_not_ask_for_names_gets_no_further_by_one()
    {
        var closed = Web() + "\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: out}\nspec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: web}}}]}]}\n";
        Assert.True(ExplainText.Good(await AskAsync(closed, "pod/client", "svc/web")));
        foreach (var name in new[] { "http://web", "web:80", "http://nowhere", "web.default.svc.cluster.local.:80" })
        {
            var report = await AskAsync(closed, "pod/client", name);
            Assert.Equal(("Dropped", "networkpolicy/default/out"), (report.Verdict, report.Culprit));
            Assert.Contains("cannot be looked up", report.Why, StringComparison.Ordinal);
            Assert.Single(report.Naming);
            Assert.Contains("53", report.Fix, StringComparison.Ordinal);
            if (name.Contains("web", StringComparison.Ordinal))
                Assert.True(ExplainText.Good(await AskAsync($"{closed}---\n{report.Command!.Split('\'')[1]}\n", "pod/client", name)));
        }
    }

    [Fact]
    public async Task A_source_range_that_leaves_the_client_out()
    {
        var balanced = Web().Replace("selector: {app: web}, ports", "type: LoadBalancer, loadBalancerSourceRanges: [203.0.113.0/24], selector: {app: web}, ports", StringComparison.Ordinal);
        var address = Draft(balanced).Snapshot.Services["default/web"].LoadBalancerAddresses[0];
        var report = await AskAsync(balanced, "pod/client", $"http://{address}");
        Assert.Equal(("Dropped", "service/default/web"), (report.Verdict, report.Culprit));
        Assert.Contains("loadBalancerSourceRanges", report.Fix, StringComparison.Ordinal);
        foreach (var destination in new[] { $"{address}:80", $"node/node-2:{Draft(balanced).Snapshot.Services["default/web"].Ports[0].NodePort}" })
            Assert.Equal("NotKnown", (await AskAsync(balanced.Replace("loadBalancerSourceRanges: [203.0.113.0/24], ", "", StringComparison.Ordinal), "host", destination)).Verdict);
    }

    [Theory]
    [InlineData("http://wbe", "service/default/wbe", "ask for web")]
    [InlineData("http://web.other", "service/other/web", "ask for web.default")]
    public async Task A_misspelt_name_and_a_wrong_namespace(string url, string culprit, string fix)
    {
        var report = await AskAsync(Web() + "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n", "pod/client", url);
        Assert.Equal(("NoSuchName", culprit, fix), (report.Verdict, report.Culprit, report.Fix));
    }

    [Fact]
    public async Task From_a_Deployment_and_to_a_pod_on_another_node()
    {
        var yaml = Web();
        var server = Draft(yaml).Pods.First(p => p.Source.Name == "web");
        var report = await AskAsync(yaml, "pod/client", $"pod/{server.Pod.Metadata.Name}:80");
        Assert.Equal("NotKnown", report.Verdict);
        Assert.Contains(report.Forward, h => h.Where == "node/node-3");
        Assert.Equal($"pod/{server.Key}", (await AskAsync(yaml, "deploy/web", "pod/client")).Source);
        Assert.Equal("Delivered", (await AskAsync(yaml, "deploy/web", "pod/client")).Verdict);
        Assert.Contains("they declare 80", (await AskAsync(yaml, "pod/client", $"pod/{server.Pod.Metadata.Name}:81")).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_is_followed_from_its_name_to_the_pod()
    {
        var yaml = Ingress(Path + "\n      - {path: /cart, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}");
        foreach (var from in new[] { "host", "pod/client", "node/node-2" })
        {
            var report = await AskAsync(yaml, from, "http://shop.example/cart/1");
            Assert.True(ExplainText.Good(report), report.Why);
            Assert.Equal(("Forwarded", "Ingress/default/web spec.rules[0].http.paths[1]"), (report.Web!.Verdict, report.Web.Rule));
            Assert.StartsWith("pod/default/web-", report.Onward[^1].Where, StringComparison.Ordinal);
            Assert.Null(report.Web.Status);
        }
    }

    [Fact]
    public async Task A_pod_on_the_gateways_port_is_not_the_gateway()
    {
        var yaml = Ingress(Path).Replace("containerPort: 80", "containerPort: 10080", StringComparison.Ordinal).Replace("{name: http, port: 80}]", "{name: http, port: 80, targetPort: 10080}]", StringComparison.Ordinal);
        var report = await AskAsync(yaml, "pod/client", "http://web");
        Assert.Null(report.Web);
        Assert.Equal("NotKnown", report.Verdict);
        Assert.NotNull((await AskAsync(yaml, "pod/client", "http://shop.example/")).Web);
    }

    [Theory]
    [InlineData("  ingressClassName: vitrine\n", "", "http://shop.example/", "NoRule", "ingress/default/web", "no class")]
    [InlineData("ingressClassName: vitrine", "ingressClassName: nginx", "http://shop.example/", "NoRule", "ingress/default/web", "no IngressClass nginx")]
    [InlineData("host: shop.example", "host: shops.xample", "http://shops.example/", "NoRule", "ingress/default/web", "shops.xample")]
    [InlineData("path: /, pathType: Prefix", "path: /cart, pathType: Exact", "http://shop.example/cart/1", "NoRule", "ingress/default/web", "exactly")]
    [InlineData("number: 80", "number: 81", "http://shop.example/", "BrokenReference", "ingress/default/web", "has no TCP port 81, only 80")]
    [InlineData("selector: {app: web}, ports", "selector: {app: wbe}, ports", "http://shop.example/", "NoEndpoint", "service/default/web", "selector")]
    [InlineData("  rules:", "  tls: [{hosts: [shop.example], secretName: shown}]\n  rules:", "https://shop.example/", "NoCertificate", "ingress/default/web", "shown")]
    public async Task A_broken_Ingress(string good, string bad, string url, string verdict, string culprit, string why)
    {
        Assert.Contains(good, Ingress(Path), StringComparison.Ordinal);
        // Another one of ours, so that there is a door to knock at.
        const string Other = "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: other}\nspec: {ingressClassName: vitrine, rules: [{host: other.example}]}\n";
        var report = await AskAsync(Ingress(Path).Replace(good, bad, StringComparison.Ordinal) + Other, "host", url);
        Assert.Equal((verdict, culprit), (report.Verdict, report.Culprit));
        Assert.Contains(why, report.Why, StringComparison.Ordinal);
        Assert.NotEqual("", report.Fix);
        Assert.False(ExplainText.Good(report));
    }

    [Fact]
    public async Task A_missing_ReferenceGrant()
    {
        const string Route = """
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: door, namespace: front}
            spec:
              gatewayClassName: vitrine
              listeners: [{name: http, port: 80, protocol: HTTP}]
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: far, namespace: front}
            spec:
              parentRefs: [{name: door}]
              hostnames: [grant.example]
              rules: [{backendRefs: [{name: web, namespace: default, port: 80}]}]
            """;
        var report = await AskAsync(Web() + Route, "host", "http://grant.example/");
        Assert.Equal(("BrokenReference", "httproute/front/far"), (report.Verdict, report.Culprit));
        Assert.Contains("ReferenceGrant", report.Why, StringComparison.Ordinal);
        var granted = await AskAsync(Web() + Route + "\n---\napiVersion: gateway.networking.k8s.io/v1beta1\nkind: ReferenceGrant\nmetadata: {name: let}\nspec:\n  from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: front}]\n  to: [{group: \"\", kind: Service}]\n", "host", "http://grant.example/");
        Assert.Equal("Forwarded", granted.Web!.Verdict);
    }

    [Fact]
    public async Task A_node_that_the_files_cluster_does_not_have_takes_no_pod()
    {
        var report = await AskAsync(Web().Replace("nodeName: node-3", "nodeName: node-9", StringComparison.Ordinal), "pod/client", "http://web");
        Assert.Equal(("NotRunning", "pod/default/client"), (report.Verdict, report.Culprit));
    }

    private static string Web() => """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              nodeSelector: {kubernetes.io/hostname: node-2}
              containers:
              - name: nginx
                image: nginx
                ports: [{name: http, containerPort: 80}]
                readinessProbe: {httpGet: {port: http}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {selector: {app: web}, ports: [{port: 80}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: client}
        spec: {nodeName: node-3, containers: [{name: c, image: debian}]}

        """;

    private static string Ingress(string paths) => Web().Replace("{port: 80}]", "{name: http, port: 80}]", StringComparison.Ordinal) + $$$"""
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web}
        spec:
          ingressClassName: vitrine
          rules:
          - host: shop.example
            http:
              paths:
              - {{{paths.Replace("\n", "\n        ", StringComparison.Ordinal)}}}

        """.Replace("\n              - {path: /cart", "\n      - {path: /cart", StringComparison.Ordinal);

    [Fact]
    public async Task Many_questions_are_answered_at_once_and_held_against_what_is_expected()
    {
        const string Closed = """
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: closed}
            spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}

            """;
        var questions = QuestionFile.Parse("q", "pod/client svc/web no\npod/client http://web\npod/client node/node-1 yes");
        var said = new StringWriter();
        Assert.False(await QuestionRun.AnswerAsync(_ => Task.FromResult<IFacts>(new FileFacts(Draft(Web() + Closed))), questions, "default", null, json: false, said, default));
        var lines = said.ToString().Split('\n');
        Assert.Equal("✓ pod/client → svc/web: Dropped by networkpolicy/default/closed", lines[0]);
        Assert.StartsWith("✗ pod/client → http://web: Dropped by networkpolicy/default/closed; expected was that it gets there. ", lines[1], StringComparison.Ordinal);
        Assert.Equal("✓ pod/client → node/node-1: Delivered", lines[2]);
        Assert.Equal("3 questions, 1 answered otherwise than expected", lines[3]);

        said = new StringWriter();
        Assert.True(await QuestionRun.AnswerAsync(_ => Task.FromResult<IFacts>(new FileFacts(Draft(Web() + Closed))), questions.Take(1).ToArray(), "default", null, json: true, said, default));
        var answer = JsonDocument.Parse(said.ToString()).RootElement;
        Assert.Equal(("pod/client", "svc/web", false, true), (answer.GetProperty("source").GetString(), answer.GetProperty("destination").GetString(), answer.GetProperty("expected").GetBoolean(), answer.GetProperty("asExpected").GetBoolean()));
    }

    private static DraftedCluster Draft(string yaml) => DraftedCluster.Of([.. ManifestFiles.Parse("in.yaml", yaml)], "default", 3);

    private static async Task<ExplainReport> AskAsync(string yaml, string from, string to)
    {
        var facts = new FileFacts(Draft(yaml));
        var report = await Explainer.AskAsync(_ => Task.FromResult<IFacts>(facts), new AskedQuestion(from, PlaceText.Parse(to), new WebQuestion("GET", []), "default"), probe: false, default);
        return report.From(["in.yaml"]);
    }
}
