using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Schema;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Definitions;

/// <summary>A definition as operators ship them, which have a whole pod template in their schema.</summary>
public sealed class LargeDefinitionTests
{
    [Fact]
    public async Task A_definition_with_a_pod_template_in_it_is_like_any_other()
    {
        await using TestServer server = await TestServer.StartAsync(kinds: KindList.All);
        JsonObject definition = Fleet("fleets", "Fleet");
        Assert.True(definition.ToJsonString().Length > 50_000);
        (int code, JsonObject made) = await server.PostAsync(Definition.Path, definition.ToJsonString());
        Assert.True(code == 201, made.ToJsonString()[..Math.Min(2000, made.ToJsonString().Length)]);
        for (int i = 0; i < 400 && (await server.GetAsync("/apis/test.example/v1")).Code != 200; i++)
        {
            await Task.Delay(10);
        }

        (code, made) = await server.PostAsync("/apis/test.example/v1/namespaces/default/fleets", """
            {"apiVersion":"test.example/v1","kind":"Fleet","metadata":{"name":"a"},"spec":{"template":{"spec":{"containers":[{"name":"web","image":"nginx","odd":1,"ports":[{"containerPort":80}],"livenessProbe":{"httpGet":{"port":"http"}},"resources":{"limits":{"cpu":1,"memory":"1Gi"}}}]}}}}
            """);
        Assert.Equal(201, code);
        JsonNode container = made["spec"]!["template"]!["spec"]!["containers"]![0]!;
        Assert.Equal(("http", "1", "1Gi"), (container["livenessProbe"]!["httpGet"].Text("port"), container["resources"]!["limits"]!["cpu"]!.ToJsonString(), container["resources"]!["limits"].Text("memory")));
        Assert.Null(container["odd"]);
        (code, made) = await server.PostAsync("/apis/test.example/v1/namespaces/default/fleets", """{"apiVersion":"test.example/v1","kind":"Fleet","metadata":{"name":"b"},"spec":{"template":{"spec":{"containers":[{"image":7}]}}}}""");
        Assert.Equal(422, code);
        Assert.Contains("spec.template.spec.containers[0].name: Required value", made.Text("message"), StringComparison.Ordinal);
        Assert.Equal(200, (await server.GetAsync("/openapi/v3/apis/test.example/v1")).Code);
        Assert.Equal(200, (await server.GetAsync("/openapi/v2")).Code);
    }

    internal static JsonObject Fleet(string plural, string kind)
    {
        JsonObject template = Schema(new FieldShape(ValueKind.Object, TypeName: "io.k8s.api.core.v1.PodTemplateSpec"));
        template["properties"]!["metadata"] = new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true };
        JsonObject schema = new()
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["spec"] = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["template"] = template, ["color"] = new JsonObject { ["type"] = "string" }, ["replicas"] = new JsonObject { ["type"] = "integer" } } } },
        };
        JsonObject definition = Definition.Widgets(plural, kind, schema: schema.ToJsonString());
        definition.Version()["subresources"]!.AsObject().Remove("scale");
        return definition;
    }

    /// <summary>The schema a controller generator would make of a Go type.</summary>
    private static JsonObject Schema(FieldShape shape) => shape.Kind switch
    {
        ValueKind.Array => new JsonObject { ["type"] = "array", ["items"] = Schema(shape.Item!), ["x-kubernetes-list-type"] = "atomic" },
        ValueKind.Map => new JsonObject { ["type"] = "object", ["additionalProperties"] = Schema(shape.Item!) },
        ValueKind.Object => Object(shape.Object!),
        ValueKind.Bool => new JsonObject { ["type"] = "boolean" },
        ValueKind.Int32 or ValueKind.Int64 => new JsonObject { ["type"] = "integer", ["format"] = shape.Kind.ToString().ToLowerInvariant() },
        ValueKind.Double => new JsonObject { ["type"] = "number" },
        ValueKind.Quantity or ValueKind.IntOrString => new JsonObject { ["x-kubernetes-int-or-string"] = true, ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "integer" }, new JsonObject { ["type"] = "string" }) },
        ValueKind.Any => new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true },
        ValueKind.Time or ValueKind.MicroTime => new JsonObject { ["type"] = "string", ["format"] = "date-time" },
        ValueKind.Bytes => new JsonObject { ["type"] = "string", ["format"] = "byte" },
        _ => new JsonObject { ["type"] = "string" },
    };

    private static JsonObject Object(SchemaType type)
    {
        JsonObject made = new() { ["type"] = "object", ["description"] = $"{type.ShortName} as upstream has it, described at the length that such descriptions have.", ["properties"] = new JsonObject(type.Fields.Values.Select(static field => KeyValuePair.Create(field.Name, (JsonNode?)Schema(field.Shape)))) };
        string[] required = [.. type.Fields.Values.Where(static field => field.Required).Select(static field => field.Name)];
        if (required.Length > 0)
        {
            made["required"] = new JsonArray([.. required.Select(static name => (JsonNode)name)]);
        }

        return made;
    }
}
