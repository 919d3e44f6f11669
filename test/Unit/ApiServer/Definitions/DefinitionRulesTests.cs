using System.Text.Json.Nodes;
using Vitrine.ApiServer.Definitions;
using Vitrine.ApiServer.Errors;
using Vitrine.Unit.ApiServer.Structural;
using Xunit;

namespace Vitrine.Unit.ApiServer.Definitions;

public class DefinitionRulesTests
{
    [Fact]
    public void A_good_definition_has_no_faults() => Assert.Empty(Check(static _ => { }));

    public static TheoryData<string, string, string> Faults => new()
    {
        { "metadata.name", "\"other\"", "metadata.name: Invalid value: \"other\": must be spec.names.plural+\".\"+spec.group" },
        { "spec.scope", "\"Global\"", "spec.scope: Unsupported value: \"Global\": supported values: \"Cluster\", \"Namespaced\"" },
        { "spec.names.kind", "\"my kind\"", "spec.names.kind: Invalid value: \"my kind\": may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')" },
        { "spec.names.listKind", "\"Widget\"", "spec.names.listKind: Invalid value: \"Widget\": kind and listKind may not be the same" },
        { "spec.conversion", """{"strategy":"Webhook"}""", "spec.conversion.strategy: Forbidden: conversion webhooks are not called by this server: use \"None\", and versions that differ in no more than their names and the fields they have" },
        { "spec.conversion", """{"strategy":"Magic"}""", "spec.conversion.strategy: Unsupported value: \"Magic\": supported values: \"None\"" },
        { "spec.preserveUnknownFields", "true", "spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead" },
        { "spec.versions", "[]", "spec.versions: Required value: must have at least one version" },
        { "spec.versions.0.name", "\"V1\"", "spec.versions[0].name: Invalid value: \"V1\": a DNS-1035 label must consist" },
        { "spec.versions.0.storage", "false", "spec.versions: Invalid value: [\"v1\"]: must have exactly one version marked as storage version" },
        { "spec.versions.0.schema", "null", "spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required" },
        { "spec.versions.0.schema", """{"openAPIV3Schema":{"type":"object","properties":{"a":{}}}}""", "spec.versions[0].schema.openAPIV3Schema.properties[a].type: Required value: must not be empty for specified object fields" },
        { "spec.versions.0.additionalPrinterColumns.0.jsonPath", "\"spec.image\"", "spec.versions[0].additionalPrinterColumns[0].jsonPath: Invalid value: \"spec.image\": must be a simple json path starting with ." },
        { "spec.versions.0.additionalPrinterColumns.0.type", "\"text\"", "spec.versions[0].additionalPrinterColumns[0].type: Unsupported value: \"text\": supported values: \"boolean\", \"date\", \"integer\", \"number\", \"string\"" },
        { "spec.versions.0.subresources.scale.specReplicasPath", "\".status.replicas\"", "spec.versions[0].subresources.scale.specReplicasPath: Invalid value: \".status.replicas\": should be a json path under .spec" },
        { "spec.versions.0.selectableFields.0.jsonPath", "\".spec.free\"", "spec.versions[0].selectableFields[0].jsonPath: Invalid value: \".spec.free\": is an invalid path: must point to a field of type string, boolean or integer, not object" },
        { "spec.versions.0.selectableFields.0.jsonPath", "\".metadata.name\"", "spec.versions[0].selectableFields[0].jsonPath: Invalid value: \".metadata.name\": is an invalid path: must not point to fields in metadata" },
        { "spec.versions.0.deprecationWarning", "\"old\"", "spec.versions[0].deprecationWarning: Invalid value: \"old\": can only be set for deprecated versions" },
        { "status.storedVersions", """["v0","v1"]""", "status.storedVersions[0]: Invalid value: \"v0\": missing from spec.versions; v0 was previously a storage version" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_is_named_with_its_field(string path, string value, string wanted) => Assert.StartsWith(wanted, Check(definition =>
    {
        JsonNode node = definition;
        var steps = path.Split('.');
        foreach (var step in steps[..^1])
        {
            node = int.TryParse(step, out var index) ? node[index]! : node[step] ??= new JsonObject();
        }
        node[steps[^1]] = JsonNode.Parse(value);
    }).FirstOrDefault() ?? "nothing is wrong", StringComparison.Ordinal);

    [Fact]
    public void A_group_of_Kubernetes_needs_an_approval()
    {
        var causes = new List<FieldCause>();
        var definition = Definition.Widgets(group: "x.k8s.io");
        Begin(definition);
        DefinitionRules.Check(definition, null, causes);
        Assert.StartsWith("metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation", Assert.Single(causes.Lines()), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_established_keeps_scope_and_kind()
    {
        var old = Definition.Widgets();
        Begin(old);
        old["status"]!["conditions"] = new JsonArray(new JsonObject { ["type"] = "Established", ["status"] = "True" });
        var changed = old.DeepClone().AsObject();
        changed["spec"]!["scope"] = "Cluster";
        changed["spec"]!["names"]!["kind"] = "Other";
        var causes = new List<FieldCause>();
        DefinitionRules.Check(changed, old, causes);
        Assert.Equal(["spec.scope: Invalid value: \"Cluster\": field is immutable", "spec.names.kind: Invalid value: \"Other\": field is immutable"], causes.Lines());
    }

    private static string[] Check(Action<JsonObject> change)
    {
        var definition = Definition.Widgets();
        Begin(definition);
        change(definition);
        var causes = new List<FieldCause>();
        DefinitionRules.Check(definition, null, causes);
        return causes.Lines();
    }

    private static void Begin(JsonObject definition)
    {
        DefinitionDefaults.Apply(definition);
        DefinitionStatus.Begin(definition);
    }
}
