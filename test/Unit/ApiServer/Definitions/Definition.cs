using System.Text.Json.Nodes;

namespace Vitrine.Unit.ApiServer.Definitions;

/// <summary>Definitions to test with.</summary>
internal static class Definition
{
    public const string Path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    public const string Schema = """
        {"type":"object","required":["spec"],"properties":{
          "spec":{"type":"object","required":["image"],"x-kubernetes-validations":[{"rule":"self.replicas <= self.maximum","message":"more replicas than the maximum"}],"properties":{
            "image":{"type":"string","pattern":"^[a-z]+$","x-kubernetes-validations":[{"rule":"self == oldSelf","message":"image is immutable"}]},
            "replicas":{"type":"integer","default":1,"minimum":0},"maximum":{"type":"integer","default":10},"color":{"type":"string"},
            "free":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}},
          "status":{"type":"object","properties":{"replicas":{"type":"integer"},"selector":{"type":"string"},"phase":{"type":"string"}}}}}
        """;

    /// <summary>widgets.test.example, namespaced, v1 stored and served.</summary>
    public static JsonObject Widgets(string plural = "widgets", string kind = "Widget", string group = "test.example", string schema = Schema)
    {
        var made = JsonNode.Parse($$$"""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"{{{plural}}}.{{{group}}}"},
             "spec":{"group":"{{{group}}}","scope":"Namespaced","names":{"plural":"{{{plural}}}","kind":"{{{kind}}}","shortNames":["{{{plural[..2]}}}"],"categories":["all"]},
              "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{{{schema}}}},
                "subresources":{"status":{},"scale":{"specReplicasPath":".spec.replicas","statusReplicasPath":".status.replicas","labelSelectorPath":".status.selector"}},
                "selectableFields":[{"jsonPath":".spec.color"}],
                "additionalPrinterColumns":[{"name":"Image","type":"string","jsonPath":".spec.image"},{"name":"Replicas","type":"integer","jsonPath":".spec.replicas"},
                  {"name":"Phase","type":"string","jsonPath":".status.phase","priority":1},{"name":"Age","type":"date","jsonPath":".metadata.creationTimestamp"}]}]}}
            """)!.AsObject();
        return made;
    }

    public static JsonObject Version(this JsonObject definition, int index = 0) => definition["spec"]!["versions"]![index]!.AsObject();
}
