using Xunit;
using static Vitrine.Unit.Linting.Twin;

namespace Vitrine.Unit.Linting;

public sealed class PodRulesTests
{
    private const string Settings = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {colour: blue}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: users}
        stringData: {admin: x}
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: runner}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: p}
        spec:
          serviceAccountName: runner
          containers:
          - name: one
            image: nginx
            ports: [{name: http, containerPort: 80}]
            livenessProbe: {httpGet: {port: http}}
            envFrom: [{secretRef: {name: users}}, {configMapRef: {name: absent, optional: true}}]
            env:
            - {name: C, valueFrom: {configMapKeyRef: {name: settings, key: colour}}}
          - name: two
            image: debian
            ports: [{name: other, containerPort: 81}]
          volumes:
          - {name: v, secret: {secretName: users, items: [{key: admin, path: a}]}}
          - {name: w, projected: {sources: [{configMap: {name: settings}}]}}

        """;

    [Theory]
    [InlineData("configMapKeyRef: {name: settings", "configMapKeyRef: {name: setings", "spec.containers[0].env[0].valueFrom.configMapKeyRef", "write settings")]
    [InlineData("secretRef: {name: users", "secretRef: {name: usres", "spec.containers[0].envFrom[0].secretRef", "write users")]
    [InlineData("projected: {sources: [{configMap: {name: settings", "projected: {sources: [{configMap: {name: other", "spec.volumes[1].projected.sources[0].configMap", "make it")]
    [InlineData("serviceAccountName: runner", "serviceAccountName: walker", "spec.serviceAccountName", "make it")]
    [InlineData("configMap: {name: settings}}]}}", "configMap: {name: settings}}]}}\n  - {name: x, persistentVolumeClaim: {claimName: disk}}", "spec.volumes[2].persistentVolumeClaim.claimName", "make it")]
    public void What_the_files_do_not_have_may_be_in_the_cluster(string good, string bad, string field, string fix) =>
        Breaks(Settings, good, bad, "warning", "reference-absent", "pod/default/p", field, fix);

    [Theory]
    [InlineData("key: colour", "key: color", "spec.containers[0].env[0].valueFrom.configMapKeyRef", "write colour")]
    [InlineData("items: [{key: admin", "items: [{key: root", "spec.volumes[0].secret.items[0].key", "give secret/default/users the key")]
    public void A_key_that_the_files_own_object_lacks_is_an_error(string good, string bad, string field, string fix) =>
        Breaks(Settings, good, bad, "error", "key-absent", "pod/default/p", field, fix);

    [Fact]
    public void A_probe_of_a_port_by_a_name_no_container_has() =>
        Breaks(Settings, "livenessProbe: {httpGet: {port: http}}", "livenessProbe: {httpGet: {port: htpp}}", "error", "probe-port-unknown", "pod/default/p", "spec.containers[0].livenessProbe.httpGet.port", "write http");

    [Fact]
    public void Two_containers_cannot_listen_on_one_port() =>
        Breaks(Settings, "containerPort: 81", "containerPort: 80", "warning", "port-twice", "pod/default/p", "spec.containers[1].ports[0].containerPort", "another port");

    [Fact]
    public void Two_ports_of_one_name() =>
        Breaks(Settings, "name: other, containerPort", "name: http, containerPort", "warning", "port-name-twice", "pod/default/p", "spec.containers[1].ports[0].name", "another name");

    [Fact]
    public void Two_pods_with_one_hostPort_need_two_nodes()
    {
        const string Two = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  replicas: 2\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec: {containers: [{name: c, image: nginx, ports: [{containerPort: 80, hostPort: 8080}]}]}";
        var found = Breaks(Two.Replace("replicas: 2", "replicas: 1", StringComparison.Ordinal), "replicas: 1", "replicas: 2", "warning", "not-placed", "deployment/default/d", "", "--nodes");
        Assert.Contains("free ports", found.Why, StringComparison.Ordinal);
        Assert.Empty(Lint(Two, nodes: 3));
    }

    [Fact]
    public void A_node_that_is_none_of_them() => Breaks("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {nodeName: node-1, containers: [{name: c, image: nginx}]}", "node-1", "node-9", "warning", "not-placed", "pod/default/p", "", "--nodes");

    [Fact]
    public void Pods_of_a_CronJob_are_looked_at_where_they_are_written() =>
        Assert.Equal("spec.jobTemplate.spec.template.spec.containers[0].envFrom[0].secretRef", Assert.Single(Lint(
            "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\nspec:\n  schedule: '* * * * *'\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          restartPolicy: Never\n          containers: [{name: c, image: debian, envFrom: [{secretRef: {name: s}}]}]")).Field);
}
