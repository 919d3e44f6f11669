using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.Unit.ApiServer.Kinds;
using Xunit;

namespace Vitrine.Unit.ApiServer.Validation;

public class ObjectValidatorTests
{
    private const string Subdomain = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    [Theory]
    [InlineData("../etc")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("a\\u0000b")]
    [InlineData("ünïcode")]
    [InlineData("a\\n")]
    [InlineData("A")]
    public void Names_that_are_no_names_are_refused(string name)
    {
        var map = Sample.Decode(CoreKinds.ConfigMap, $$$"""{"metadata":{"name":"{{{name}}}","namespace":"default"}}""");
        Assert.EndsWith(Subdomain, Assert.Single(Sample.Faults(CoreKinds.ConfigMap, map)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "metadata.name: Required value: name or generateName is required")]
    [InlineData("""{"name":"a","labels":{"a/b/c":""}}""", "metadata.labels: Invalid value: \"a/b/c\": a qualified name must consist of")]
    [InlineData("""{"name":"a","labels":{"a":"-"}}""", "metadata.labels: Invalid value: \"-\": a valid label must be an empty string or consist of")]
    [InlineData("""{"name":"a","annotations":{"a b":""}}""", "metadata.annotations: Invalid value: \"a b\": name part must consist of")]
    [InlineData("""{"name":"a","ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p"}]}""", "metadata.ownerReferences[0].uid: Invalid value: \"\": must not be empty")]
    [InlineData("""{"name":"a","finalizers":["a b"]}""", "metadata.finalizers: Invalid value: \"a b\": name part must consist of")]
    [InlineData("""{"name":"a","generateName":"A-"}""", "metadata.generateName: Invalid value: \"A-\": a lowercase RFC 1123 subdomain")]
    public void Metadata_is_checked(string metadata, string fault)
    {
        var map = Sample.Decode(CoreKinds.ConfigMap, $$"""{"metadata":{{metadata}}}""");
        map["metadata"]!["namespace"] = "default";
        Assert.Contains(Sample.Faults(CoreKinds.ConfigMap, map), f => f.StartsWith(fault, StringComparison.Ordinal));
    }

    [Fact]
    public void Annotations_have_a_limit_in_bytes()
    {
        var map = Sample.Decode(CoreKinds.ConfigMap, "{metadata: {name: a, namespace: default}}");
        map["metadata"]!["annotations"] = new JsonObject { ["a"] = new string('é', 131072) };
        Assert.Equal(["metadata.annotations: Too long: may not be more than 262144 bytes"], Sample.Faults(CoreKinds.ConfigMap, map));
    }

    [Fact]
    public void Identity_does_not_change_and_finalizers_are_not_added_to_what_goes()
    {
        var old = Sample.Decode(CoreKinds.ConfigMap, "{metadata: {name: a, namespace: default, uid: '1', deletionTimestamp: '2026-01-01T00:00:00Z'}}");
        var map = old.DeepClone().AsObject();
        map["metadata"]!["uid"] = "2";
        map["metadata"]!["finalizers"] = new JsonArray("x.io/y");
        Assert.Equal(
            ["metadata.uid: Invalid value: \"2\": field is immutable", "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{\"x.io/y\"}"],
            Sample.Faults(CoreKinds.ConfigMap, map, old));
    }

    [Fact]
    public void A_namespace_is_a_label_and_has_no_namespace()
    {
        var ns = Sample.Defaulted(CoreKinds.Namespace, "{metadata: {name: a.b, namespace: x}}");
        Assert.Equal(2, Sample.Faults(CoreKinds.Namespace, ns).Length);
        Assert.Empty(Sample.Faults(CoreKinds.Namespace, Sample.Defaulted(CoreKinds.Namespace, "{metadata: {name: a}}")));
    }

    [Theory]
    [InlineData("data: {'a b': x}", "data[a b]: Invalid value: \"a b\": a valid config key must consist of")]
    [InlineData("data: {'..': x}", "data[..]: Invalid value: \"..\": must not be '..'")]
    [InlineData("{data: {a: x}, binaryData: {a: eA==}}", "data[a]: Invalid value: \"a\": duplicate of key present in binaryData")]
    public void Keys_of_a_config_map_are_file_names(string yaml, string fault)
    {
        var map = Sample.Decode(CoreKinds.ConfigMap, yaml);
        map["metadata"] = new JsonObject { ["name"] = "a", ["namespace"] = "default" };
        Assert.StartsWith(fault, Assert.Single(Sample.Faults(CoreKinds.ConfigMap, map)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_config_map_holds_a_mebibyte_and_an_immutable_one_stays()
    {
        var map = Sample.Decode(CoreKinds.ConfigMap, "{metadata: {name: a, namespace: default}, immutable: true}");
        map["data"] = new JsonObject { ["a"] = new string('x', 1024 * 1024) };
        Assert.Empty(Sample.Faults(CoreKinds.ConfigMap, map));
        var changed = map.DeepClone().AsObject();
        changed["data"]!["a"] = new string('x', (1024 * 1024) + 1);
        Assert.Equal([": Too long: may not be more than 1048576 bytes", "data: Forbidden: field is immutable when `immutable` is set"], Sample.Faults(CoreKinds.ConfigMap, changed, map));
    }

    [Theory]
    [InlineData("kubernetes.io/tls", "data[tls.crt]: Required value")]
    [InlineData("kubernetes.io/dockerconfigjson", "data[.dockerconfigjson]: Required value")]
    [InlineData("kubernetes.io/ssh-auth", "data[ssh-privatekey]: Required value")]
    [InlineData("kubernetes.io/basic-auth", "data[username]: Required value")]
    [InlineData("kubernetes.io/service-account-token", "metadata.annotations[kubernetes.io/service-account.name]: Required value")]
    public void Secrets_of_known_types_need_their_keys(string type, string fault)
    {
        var secret = Sample.Defaulted(CoreKinds.Secret, $"{{metadata: {{name: a, namespace: default}}, type: {type}}}");
        Assert.Contains(fault, Sample.Faults(CoreKinds.Secret, secret));
    }

    [Fact]
    public void A_secret_never_shows_its_value_in_a_fault()
    {
        var secret = Sample.Defaulted(CoreKinds.Secret, "{metadata: {name: a, namespace: default}, type: kubernetes.io/dockerconfigjson, stringData: {.dockerconfigjson: hunter2}}");
        Assert.Equal(["data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": invalid JSON"], Sample.Faults(CoreKinds.Secret, secret));
    }

    [Fact]
    public void The_other_kinds_are_checked_too()
    {
        var lease = Sample.Decode(CoordinationKinds.Lease, "{metadata: {name: a, namespace: default}, spec: {leaseDurationSeconds: 0}}");
        Assert.Equal(["spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"], Sample.Faults(CoordinationKinds.Lease, lease));
        var node = Sample.Defaulted(CoreKinds.Node, "{metadata: {name: a}, spec: {taints: [{key: a, effect: Never}], podCIDRs: [x]}}");
        Assert.Equal(2, Sample.Faults(CoreKinds.Node, node).Length);
        var happening = Sample.Defaulted(CoreKinds.Event, "{metadata: {name: a, namespace: default}, involvedObject: {namespace: other}}");
        Assert.Equal(["involvedObject.namespace: Invalid value: \"other\": does not match event.namespace"], Sample.Faults(CoreKinds.Event, happening));
    }
}
