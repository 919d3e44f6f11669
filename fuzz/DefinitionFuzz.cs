using System.Text.Json.Nodes;
using Vitrine.ApiServer.Definitions;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;

namespace Vitrine.Fuzz;

/// <summary>A definition, through to the kinds it makes, and an object of each.</summary>
internal static class DefinitionFuzz
{
    private const string Object = """{"metadata":{"name":"a"},"spec":{"n":1,"l":[{"k":"x"}],"m":{"a":"b"},"s":"text"},"status":{"r":2}}""";

    public static string[] Seeds { get; } =
    [
        """{"metadata":{"name":"as.b.c"},"spec":{"group":"b.c","scope":"Namespaced","names":{"plural":"as","kind":"A"},"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","required":["n"],"properties":{"n":{"type":"integer","minimum":0,"default":3},"s":{"type":"string","pattern":"^[a-z]{1,9}$","enum":["text"]},"l":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["k"],"items":{"type":"object","required":["k"],"properties":{"k":{"type":"string"}}}},"m":{"type":"object","additionalProperties":{"type":"string"}}},"x-kubernetes-validations":[{"rule":"self.n > 0"}]}}}},"subresources":{"status":{},"scale":{"specReplicasPath":".spec.n","statusReplicasPath":".status.r"}},"additionalPrinterColumns":[{"name":"N","type":"integer","jsonPath":".spec.l[?(@.k=='x')].k"}],"selectableFields":[{"jsonPath":".spec.s"}]}]}}""",
        """{"metadata":{"name":"as.b.c"},"spec":{"group":"b.c","scope":"Cluster","names":{"plural":"as","kind":"A"},"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{"spec":{"type":"object","x-kubernetes-embedded-resource":true,"properties":{"p":{"x-kubernetes-int-or-string":true,"anyOf":[{"type":"integer"},{"type":"string"}]}},"oneOf":[{"required":["n"]},{"not":{"required":["p"]}}]}}}}}]}}""",
    ];

    public static void Parse(byte[] input)
    {
        JsonObject definition;
        try
        {
            definition = ObjectDecoder.Decode(input, "application/json", ApiExtensionsKinds.CustomResourceDefinition, FieldValidation.Ignore, []);
        }
        catch (ApiException e) when (e.Code is 400)
        {
            return;
        }
        var causes = new List<FieldCause>();
        DefinitionDefaults.Apply(definition);
        DefinitionStatus.Begin(definition);
        DefinitionRules.Check(definition, null, causes);
        if (causes.Count > 0)
        {
            return;
        }
        foreach (var kind in DefinedKinds.Of(definition, DefinitionNames.Read(definition.Object("spec").Object("names"))))
        {
            try
            {
                var value = JsonNode.Parse(Object)!.AsObject();
                ObjectDecoder.Conform(value, kind, [], FieldValidation.Ignore, []);
                kind.Default(value);
                kind.Validate(value, null, []);
                kind.Table.Row(value, DateTimeOffset.UnixEpoch);
            }
            catch (ApiException e) when (e.Code is 400)
            {
                // Metadata of the wrong type.
            }
        }
    }
}
