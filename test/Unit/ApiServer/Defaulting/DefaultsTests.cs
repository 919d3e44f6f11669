using System.Text.Json.Nodes;
using Vitrine.ApiServer.Defaulting;
using Vitrine.ApiServer.Kinds;
using Vitrine.Unit.ApiServer.Kinds;
using Xunit;

namespace Vitrine.Unit.ApiServer.Defaulting;

public class DefaultsTests
{
    [Fact]
    public void A_pod_gets_upstreams_defaults()
    {
        var spec = Sample.Defaulted(CoreKinds.Pod, "{spec: {containers: [{name: a, image: nginx, ports: [{containerPort: 80}], livenessProbe: {httpGet: {port: 80}}}]}}")["spec"]!;
        Equal("""
            {"containers":[{"name":"a","image":"nginx","ports":[{"containerPort":80,"protocol":"TCP"}],
              "livenessProbe":{"httpGet":{"port":80,"path":"/","scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3},
              "terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"Always","resources":{}}],
             "restartPolicy":"Always","dnsPolicy":"ClusterFirst","schedulerName":"default-scheduler","terminationGracePeriodSeconds":30,"enableServiceLinks":true,
             "securityContext":{},"serviceAccountName":"default","serviceAccount":"default"}
            """, spec);
    }

    [Fact]
    public void Defaults_are_defaults_only_once()
    {
        foreach (var kind in KindList.All)
        {
            var once = Sample.Defaulted(kind, "{metadata: {name: a}}");
            var twice = once.DeepClone().AsObject();
            kind.Default(twice);
            Assert.True(JsonNode.DeepEquals(once, twice), kind.Name);
        }
    }

    [Theory]
    [InlineData("nginx", "Always")]
    [InlineData("nginx:latest", "Always")]
    [InlineData("nginx:1.25", "IfNotPresent")]
    [InlineData("registry:5000/nginx", "Always")]
    [InlineData("registry:5000/nginx:1", "IfNotPresent")]
    [InlineData("nginx@sha256:abc", "IfNotPresent")]
    [InlineData("nginx:latest@sha256:abc", "Always")]
    public void The_pull_policy_follows_the_tag(string image, string policy) => Assert.Equal(policy, ImageTag.PullPolicy(image));

    [Theory]
    [InlineData("{}", "BestEffort")]
    [InlineData("{limits: {cpu: 1, memory: 1Gi}}", "Guaranteed")]
    [InlineData("{limits: {cpu: 1, memory: 1Gi}, requests: {cpu: 500m}}", "Burstable")]
    [InlineData("{limits: {cpu: 1}}", "Burstable")]
    [InlineData("{requests: {memory: 1}}", "Burstable")]
    public void Quality_of_service_follows_the_resources(string resources, string qos) =>
        Assert.Equal(qos, Sample.Defaulted(CoreKinds.Pod, $"{{spec: {{containers: [{{name: a, resources: {resources}}}]}}}}")["status"]!["qosClass"]!.GetValue<string>());

    [Fact]
    public void Volumes_get_their_source_and_mode() => Equal(
        """[{"name":"a","emptyDir":{}},{"name":"b","secret":{"secretName":"s","defaultMode":420}}]""",
        Sample.Defaulted(CoreKinds.Pod, "{spec: {volumes: [{name: a}, {name: b, secret: {secretName: s}}]}}")["spec"]!["volumes"]!);

    [Fact]
    public void A_host_network_pod_takes_the_ports_of_its_host() => Equal(
        """[{"containerPort":80,"protocol":"TCP","hostPort":80}]""",
        Sample.Defaulted(CoreKinds.Pod, "{spec: {hostNetwork: true, containers: [{name: a, ports: [{containerPort: 80}]}]}}")["spec"]!["containers"]![0]!["ports"]!);

    [Fact]
    public void String_data_becomes_data()
    {
        var secret = Sample.Defaulted(CoreKinds.Secret, "{stringData: {a: é}, data: {a: eA==, b: eA==}}");
        Equal("""{"a":"w6k=","b":"eA=="}""", secret["data"]!);
        Assert.False(secret.ContainsKey("stringData"));
        Assert.Equal("Opaque", secret["type"]!.GetValue<string>());
    }

    [Fact]
    public void A_namespace_carries_its_name_as_a_label_and_loses_its_finalizer_only_when_it_goes()
    {
        var ns = Sample.Defaulted(CoreKinds.Namespace, "{metadata: {name: a}}");
        Equal("""{"kubernetes.io/metadata.name":"a"}""", ns["metadata"]!["labels"]!);
        Equal("""{"finalizers":["kubernetes"]}""", ns["spec"]!);
        Equal("{}", Sample.Defaulted(CoreKinds.Namespace, "{metadata: {name: a, deletionTimestamp: '2026-01-01T00:00:00Z'}}")["spec"]!);
    }

    private static void Equal(string want, JsonNode got) => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(want), got), got.ToJsonString());
}
