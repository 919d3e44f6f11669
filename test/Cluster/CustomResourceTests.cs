using Xunit;

namespace Vitrine.Cluster;

/// <summary>Custom resources as people use them, by kubectl.</summary>
public sealed class CustomResourceTests(SharedCluster cluster)
{
    [Fact]
    public async Task A_definition_comes_is_explained_and_goes()
    {
        var ns = await cluster.NamespaceAsync("crd-life");
        await DefineAsync("crons", "Cron");
        Assert.Contains("crons.crons.test.example", await cluster.KubectlAsync("get crd"), StringComparison.Ordinal);
        Assert.Matches(@"crons\s+cro\s+crons.test.example/v1\s+true\s+Cron", await cluster.KubectlAsync("api-resources"));
        Assert.Contains("When it runs", await cluster.KubectlAsync("explain cron.spec.schedule"), StringComparison.Ordinal);
        Assert.Equal("cron.crons.test.example/nightly created\n", await cluster.KubectlAsync($"apply -n {ns} -f -", Object("crons", "Cron", "nightly", "schedule: '0 3 * * *'")));
        Assert.Equal("cron.crons.test.example/nightly unchanged\n", await cluster.KubectlAsync($"apply -n {ns} -f -", Object("crons", "Cron", "nightly", "schedule: '0 3 * * *'")));
        Assert.Equal("cron.crons.test.example/nightly configured\n", await cluster.KubectlAsync($"apply -n {ns} -f -", Object("crons", "Cron", "nightly", "schedule: '0 4 * * *'")));
        Assert.Contains("cron.crons.test.example/nightly", await cluster.KubectlAsync($"get crons-all -n {ns} -o name"), StringComparison.Ordinal);
        Assert.Contains("0 4 * * *", await cluster.KubectlAsync($"describe cro nightly -n {ns}"), StringComparison.Ordinal);
        await cluster.KubectlAsync("delete crd crons.crons.test.example --timeout=30s");
        Assert.NotEqual(0, (await cluster.TryAsync($"get crons -n {ns}")).ExitCode);
        Assert.DoesNotContain("crons.test.example", await cluster.KubectlAsync("get --raw /apis"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Columns_defaults_pruning_and_selectors_are_the_definitions()
    {
        var ns = await cluster.NamespaceAsync("crd-columns");
        await DefineAsync("columns", "Column");
        var wrong = await cluster.TryAsync($"apply -n {ns} -f -", Object("columns", "Column", "a", "schedule: '* * * * *', odd: 1"));
        Assert.Contains("unknown field \"spec.odd\"", wrong.Error, StringComparison.Ordinal);
        await cluster.KubectlAsync($"apply -n {ns} --validate=false -f -", Object("columns", "Column", "a", "schedule: '* * * * *', odd: 1, color: red"));
        await cluster.KubectlAsync($"apply -n {ns} -f -", Object("columns", "Column", "b", "schedule: '* * * * *', replicas: 4, color: blue"));
        Assert.Equal("{\"color\":\"red\",\"maximum\":10,\"replicas\":1,\"schedule\":\"* * * * *\"}", await cluster.KubectlAsync($"get columns a -n {ns} -o jsonpath={{.spec}}"));
        Assert.Matches(@"NAME\s+SCHEDULE\s+REPLICAS\s+AGE\na\s+\* \* \* \* \*\s+1\s+\d+s\nb\s+\* \* \* \* \*\s+4\s+\d+s\n", await cluster.KubectlAsync($"get columns -n {ns}"));
        Assert.Matches(@"NAME\s+SCHEDULE\s+REPLICAS\s+READY\s+AGE", await cluster.KubectlAsync($"get columns -n {ns} -o wide"));
        Assert.Equal("column.columns.test.example/b\n", await cluster.KubectlAsync($"get columns -n {ns} --field-selector spec.color=blue -o name"));
        Assert.Contains("field label not supported: spec.schedule", (await cluster.TryAsync($"get columns -n {ns} --field-selector spec.schedule=x")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schemas_and_rules_refuse_what_they_forbid()
    {
        var ns = await cluster.NamespaceAsync("crd-rules");
        await DefineAsync("rules", "Rule");
        foreach (var (spec, message) in new[]
        {
            ("schedule: often", "spec.schedule: Invalid value: \"often\": spec.schedule in body should match"),
            ("replicas: 2", "spec.schedule: Required value"),
            ("schedule: '* * * * *', replicas: 11", "spec: Invalid value: \"object\": 11 replicas are more than 10"),
            ("schedule: '* * * * *', replicas: many", "spec.replicas in body must be of type integer: \"string\""),
        })
        {
            Assert.Contains(message, (await cluster.TryAsync($"apply -n {ns} -f -", Object("rules", "Rule", "r", spec))).Error, StringComparison.Ordinal);
        }

        await cluster.KubectlAsync($"apply -n {ns} -f -", Object("rules", "Rule", "r", "schedule: '* * * * *', zone: a"));
        Assert.Contains("zone is immutable", (await cluster.RunAsync(["patch", "rules", "r", "-n", ns, "--type", "merge", "-p", """{"spec":{"zone":"b"}}"""])).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_and_scale_are_written_on_their_own()
    {
        var ns = await cluster.NamespaceAsync("crd-scale");
        await DefineAsync("scales", "Scaled");
        await cluster.KubectlAsync($"apply -n {ns} -f -", Object("scales", "Scaled", "s", "schedule: '* * * * *'"));
        Assert.Contains("scaled", await cluster.KubectlAsync($"scale scales/s -n {ns} --replicas=5"), StringComparison.Ordinal);
        await cluster.RunAsync(["patch", "scales", "s", "-n", ns, "--subresource", "status", "--type", "merge", "-p", """{"spec":{"replicas":9},"status":{"replicas":5,"conditions":[{"type":"Ready","status":"True"}]}}"""]);
        Assert.Equal("5 5 2", await cluster.KubectlAsync($"get scales s -n {ns} -o jsonpath={{.spec.replicas}}{{\"\\x20\"}}{{.status.replicas}}{{\"\\x20\"}}{{.metadata.generation}}"));
        await cluster.KubectlAsync($"wait scales/s -n {ns} --for=condition=Ready --timeout=10s");
    }

    [Fact]
    public async Task An_object_is_read_at_all_versions()
    {
        var ns = await cluster.NamespaceAsync("crd-versions");
        await DefineAsync("versions", "Versioned", second: true);
        await cluster.KubectlAsync($"apply -n {ns} -f -", Object("versions", "Versioned", "v", "schedule: '* * * * *'"));
        Assert.Equal("versions.test.example/v2", await cluster.KubectlAsync($"get versions.v2.versions.test.example v -n {ns} -o jsonpath={{.apiVersion}}"));
        Assert.Equal("versions.test.example/v1", await cluster.KubectlAsync($"get versions.v1.versions.test.example v -n {ns} -o jsonpath={{.apiVersion}}"));
        Assert.Equal("[\"v1\"]", await cluster.KubectlAsync("get crd versions.versions.test.example -o jsonpath={.status.storedVersions}"));
    }

    [Fact]
    public async Task Owners_own_across_kinds_and_a_namespace_takes_all_along()
    {
        var ns = await cluster.NamespaceAsync("crd-owners");
        await DefineAsync("owners", "Owner");
        await cluster.KubectlAsync($"apply -n {ns} -f -", Object("owners", "Owner", "o", "schedule: '* * * * *'"));
        var uid = await cluster.KubectlAsync($"get owners o -n {ns} -o jsonpath={{.metadata.uid}}");
        await cluster.KubectlAsync($"apply -n {ns} -f -", $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"owned","ownerReferences":[{"apiVersion":"owners.test.example/v1","kind":"Owner","name":"o","uid":"{{{uid}}}"}]}}""");
        var map = await cluster.KubectlAsync($"get cm owned -n {ns} -o jsonpath={{.metadata.uid}}");
        await cluster.KubectlAsync($"apply -n {ns} -f -", Object("owners", "Owner", "child", "schedule: '* * * * *'", $"ownerReferences: [{{apiVersion: v1, kind: ConfigMap, name: owned, uid: {map}}}]"));
        await cluster.KubectlAsync($"delete owner o -n {ns}");
        await cluster.EventuallyAsync($"get cm,owners -n {ns} -o name", static o => !o.Contains("owned", StringComparison.Ordinal) && !o.Contains("child", StringComparison.Ordinal));
        await cluster.KubectlAsync($"apply -n {ns} -f -", Object("owners", "Owner", "left", "schedule: '* * * * *'"));
        await cluster.KubectlAsync($"delete namespace {ns} --timeout=40s");
        Assert.Equal("", await cluster.KubectlAsync("get owners -A -o name"));
    }

    [Fact]
    public async Task Definitions_of_kinds_the_server_has_are_taken_and_have_no_effect()
    {
        await cluster.KubectlAsync("apply -f -", Definition("gateways", "Gateway", "gateway.networking.k8s.io", second: false, "annotations: {api-approved.kubernetes.io: 'https://example.com'}"));
        await cluster.KubectlAsync("wait crd/gateways.gateway.networking.k8s.io --for=condition=Established --timeout=10s");
        Assert.Contains("is a kind this server is built with", await cluster.KubectlAsync("get crd gateways.gateway.networking.k8s.io -o yaml"), StringComparison.Ordinal);
        Assert.Contains("gatewayClassName <string>", (await cluster.KubectlAsync("explain gateway.spec.gatewayClassName")).Replace("\t", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        await cluster.KubectlAsync("delete crd gateways.gateway.networking.k8s.io --timeout=20s");
        await cluster.KubectlAsync("get gateways -A");
    }

    private async Task DefineAsync(string plural, string kind, bool second = false)
    {
        await cluster.KubectlAsync("apply -f -", Definition(plural, kind, $"{plural}.test.example", second));
        await cluster.KubectlAsync($"wait crd/{plural}.{plural}.test.example --for=condition=Established --timeout=10s");
    }

    internal static string Object(string plural, string kind, string name, string spec, string metadata = "labels: {a: b}") =>
        $"---\napiVersion: {plural}.test.example/v1\nkind: {kind}\nmetadata: {{name: {name}, {metadata}}}\nspec: {{{spec}}}\n";

    internal static string Definition(string plural, string kind, string group, bool second, string metadata = "labels: {}") => $$"""
        ---
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata:
          name: {{plural}}.{{group}}
          {{metadata}}
        spec:
          group: {{group}}
          scope: Namespaced
          names: {plural: {{plural}}, kind: {{kind}}, shortNames: [{{plural[..3]}}], categories: [{{plural}}-all]}
          versions:
        {{Version("v1", true)}}{{(second ? Version("v2", false) : "")}}
        """;

    private static string Version(string name, bool storage) => $$$"""
          - name: {{{name}}}
            served: true
            storage: {{{(storage ? "true" : "false")}}}
            subresources: {status: {}, scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}}
            selectableFields: [{jsonPath: .spec.color}]
            additionalPrinterColumns:
            - {name: Schedule, type: string, jsonPath: .spec.schedule}
            - {name: Replicas, type: integer, jsonPath: .spec.replicas}
            - {name: Ready, type: string, priority: 1, jsonPath: '.status.conditions[?(@.type=="Ready")].status'}
            - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
            schema:
              openAPIV3Schema:
                type: object
                required: [spec]
                properties:
                  spec:
                    type: object
                    required: [schedule]
                    x-kubernetes-validations:
                    - {rule: self.replicas <= self.maximum, messageExpression: "'%d replicas are more than %d'.format([self.replicas, self.maximum])"}
                    properties:
                      schedule: {type: string, description: When it runs, pattern: '^(\S+ ){4}\S+$'}
                      replicas: {type: integer, default: 1, minimum: 0}
                      maximum: {type: integer, default: 10}
                      color: {type: string}
                      zone: {type: string, x-kubernetes-validations: [{rule: self == oldSelf, message: zone is immutable}]}
                  status:
                    type: object
                    properties:
                      replicas: {type: integer}
                      conditions:
                        type: array
                        x-kubernetes-list-type: map
                        x-kubernetes-list-map-keys: [type]
                        items:
                          type: object
                          required: [type, status]
                          properties: {type: {type: string}, status: {type: string}}

        """;
}
