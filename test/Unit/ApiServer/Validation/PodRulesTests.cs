using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.Unit.ApiServer.Kinds;
using Xunit;

namespace Vitrine.Unit.ApiServer.Validation;

public class PodRulesTests
{
    private const string Label = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    [Fact]
    public void The_two_container_pod_is_valid() => Assert.Empty(Sample.Faults(CoreKinds.Pod, Sample.Pod()));

    [Theory]
    [InlineData("name", "\"A\"", "spec.containers[0].name: Invalid value: \"A\": " + Label)]
    [InlineData("name", "\"\"", "spec.containers[0].name: Required value")]
    [InlineData("name", "\"debian-container\"", "spec.containers[1].name: Duplicate value: \"debian-container\"")]
    [InlineData("image", "\"\"", "spec.containers[0].image: Required value")]
    [InlineData("image", "\" x\"", "spec.containers[0].image: Invalid value: \" x\": must not have leading or trailing whitespace")]
    [InlineData("imagePullPolicy", "\"Sometimes\"", "spec.containers[0].imagePullPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", \"IfNotPresent\", \"Never\"")]
    [InlineData("ports", """[{"containerPort":0}]""", "spec.containers[0].ports[0].containerPort: Required value")]
    [InlineData("ports", """[{"containerPort":70000}]""", "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive")]
    [InlineData("ports", """[{"containerPort":80,"name":"http"},{"containerPort":81,"name":"http"}]""", "spec.containers[0].ports[1].name: Duplicate value: \"http\"")]
    [InlineData("ports", """[{"containerPort":80,"hostPort":80},{"containerPort":81,"hostPort":80}]""", "spec.containers[0].ports[1].hostPort: Duplicate value: \"/TCP/80\"")]
    [InlineData("ports", """[{"containerPort":80,"protocol":"tcp"}]""", "spec.containers[0].ports[0].protocol: Unsupported value: \"tcp\": supported values: \"SCTP\", \"TCP\", \"UDP\"")]
    [InlineData("env", """[{"name":"a=b"}]""", "spec.containers[0].env[0].name: Invalid value: \"a=b\": a valid environment variable name must consist only of printable ASCII characters other than '='")]
    [InlineData("env", """[{"name":"a","valueFrom":{"fieldRef":{"fieldPath":"spec.secret"}}}]""", "spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: \"spec.secret\": error converting fieldPath: field label not supported: spec.secret")]
    [InlineData("volumeMounts", """[{"name":"nope","mountPath":"/a"}]""", "spec.containers[0].volumeMounts[0].name: Not found: \"nope\"")]
    [InlineData("volumeMounts", """[{"name":"shared-data","mountPath":"/a","subPath":"../x"}]""", "spec.containers[0].volumeMounts[0].subPath: Invalid value: \"../x\": must not contain '..'")]
    [InlineData("resources", """{"limits":{"cpu":"1"},"requests":{"cpu":"2"}}""", "spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1")]
    [InlineData("resources", """{"limits":{"cpus":"1"}}""", "spec.containers[0].resources.limits[cpus]: Invalid value: \"cpus\": must be a standard resource type or fully qualified")]
    [InlineData("resources", """{"limits":{"memory":"-1"}}""", "spec.containers[0].resources.limits[memory]: Invalid value: \"-1\": must be greater than or equal to 0")]
    [InlineData("livenessProbe", "{}", "spec.containers[0].livenessProbe: Required value: must specify a handler type")]
    [InlineData("livenessProbe", """{"tcpSocket":{"port":80},"successThreshold":2}""", "spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1")]
    [InlineData("lifecycle", """{"postStart":{"exec":{"command":["a"]},"httpGet":{"port":80}}}""", "spec.containers[0].lifecycle.postStart.httpGet: Forbidden: may not specify more than 1 handler type")]
    [InlineData("securityContext", """{"privileged":true,"allowPrivilegeEscalation":false}""", "cannot set `allowPrivilegeEscalation` to false and `privileged` to true")]
    public void A_fault_in_a_container_is_said_in_upstreams_words(string field, string value, string fault)
    {
        var pod = Sample.Pod(p => p["spec"]!["containers"]![0]![field] = JsonNode.Parse(value));
        Assert.Contains(Sample.Faults(CoreKinds.Pod, pod), f => f.EndsWith(fault, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("containers", "[]", "spec.containers: Required value")]
    [InlineData("restartPolicy", "\"Nevr\"", "spec.restartPolicy: Unsupported value: \"Nevr\": supported values: \"Always\", \"OnFailure\", \"Never\"")]
    [InlineData("dnsPolicy", "\"None\"", "spec.dnsConfig.nameservers: Required value: must provide at least one DNS nameserver when `dnsPolicy` is None")]
    [InlineData("terminationGracePeriodSeconds", "-1", "spec.terminationGracePeriodSeconds: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("activeDeadlineSeconds", "0", "spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive")]
    [InlineData("hostname", "\"a.b\"", "spec.hostname: Invalid value: \"a.b\": " + Label)]
    [InlineData("volumes", """[{"name":"shared-data","emptyDir":{"medium":"Disk"}}]""", "spec.volumes[0].emptyDir.medium: Unsupported value: \"Disk\": supported values: \"\", \"HugePages\", \"Memory\"")]
    [InlineData("volumes", """[{"name":"shared-data","emptyDir":{},"hostPath":{"path":"/"}}]""", "spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type")]
    [InlineData("volumes", """[{"name":"shared-data","hostPath":{"path":"/a/../b"}}]""", "spec.volumes[0].hostPath.path: Invalid value: \"/a/../b\": must not contain '..'")]
    [InlineData("volumes", """[{"name":"shared-data","configMap":{"name":"a","items":[{"key":"k","path":"/etc/passwd"}]}}]""", "spec.volumes[0].configMap.items[0].path: Invalid value: \"/etc/passwd\": must be a relative path")]
    [InlineData("tolerations", """[{"key":"a","operator":"Exists","value":"b"}]""", "value must be empty when `operator` is 'Exists'")]
    public void A_fault_in_the_spec_is_said_in_upstreams_words(string field, string value, string fault)
    {
        var pod = Sample.Pod(p => p["spec"]![field] = JsonNode.Parse(value));
        Assert.Contains(Sample.Faults(CoreKinds.Pod, pod), f => f.EndsWith(fault, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/containers/0/image", "\"nginx:2\"")]
    [InlineData("activeDeadlineSeconds", "5")]
    public void Some_fields_may_change(string field, string value)
    {
        var old = Sample.Pod();
        var pod = old.DeepClone().AsObject();
        if (field[0] == '/')
        {
            pod["spec"]!["containers"]![0]!["image"] = JsonNode.Parse(value);
        }
        else
        {
            pod["spec"]![field] = JsonNode.Parse(value);
        }
        Assert.Empty(Sample.Faults(CoreKinds.Pod, pod, old));
    }

    [Fact]
    public void Tolerations_may_only_be_added()
    {
        var old = Sample.Pod(static pod => pod["spec"]!["tolerations"] = new JsonArray(JsonNode.Parse("""{"key":"b","operator":"Exists"}""")));
        var pod = old.DeepClone().AsObject();
        pod["spec"]!["tolerations"]!.AsArray().Add(JsonNode.Parse("""{"key":"a","operator":"Exists"}"""));
        Assert.Empty(Sample.Faults(CoreKinds.Pod, pod, old));
        pod["spec"]!["tolerations"]!.AsArray().RemoveAt(0);
        Assert.Equal(["spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds"], Sample.Faults(CoreKinds.Pod, pod, old));
    }

    [Fact]
    public void Everything_else_of_the_spec_may_not_change()
    {
        var old = Sample.Pod();
        var pod = old.DeepClone().AsObject();
        pod["spec"]!["containers"]![1]!["command"] = new JsonArray("/bin/bash");
        pod["spec"]!["hostNetwork"] = true;
        var fault = Assert.Single(Sample.Faults(CoreKinds.Pod, pod, old));
        Assert.StartsWith("spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`", fault, StringComparison.Ordinal);
        Assert.EndsWith("\nchanged: spec.containers, spec.hostNetwork\n", fault, StringComparison.Ordinal);
    }
}
