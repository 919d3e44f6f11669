using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Patch;
using Xunit;

namespace Vitrine.Unit.ApiServer.Patch;

public class PatchApplierTests
{
    private const string Json = "application/json-patch+json";
    private const string Merge = "application/merge-patch+json";
    private const string Strategic = "application/strategic-merge-patch+json";

    private const string Stored = """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","labels":{"x":"1","a/b":"2"},"finalizers":["f.io/1","f.io/2"]},
         "spec":{"containers":[{"name":"one","image":"i1","env":[{"name":"A","value":"1"},{"name":"B","value":"2"}],"args":["x"]},{"name":"two","image":"i2"}],
                 "tolerations":[{"key":"k"}],"volumes":[{"name":"v","emptyDir":{}},{"name":"w","emptyDir":{}}]}}
        """;

    [Theory]
    [InlineData("containers", """{"containers":[{"name":"two","image":"i3"}]}""", """[{"name":"one","image":"i1","env":[{"name":"A","value":"1"},{"name":"B","value":"2"}],"args":["x"]},{"name":"two","image":"i3"}]""")]
    [InlineData("containers", """{"containers":[{"name":"one","$patch":"delete"}]}""", """[{"name":"two","image":"i2"}]""")]
    [InlineData("containers", """{"containers":[{"$patch":"replace"},{"name":"z","image":"i"}]}""", """[{"name":"z","image":"i"}]""")]
    [InlineData("containers", """{"$setElementOrder/containers":[{"name":"zero"},{"name":"two"},{"name":"one"}],"containers":[{"name":"zero","image":"i0"},{"name":"one","$setElementOrder/env":[{"name":"B"}],"env":[{"name":"A","$patch":"delete"}]}]}""", """[{"name":"zero","image":"i0"},{"name":"two","image":"i2"},{"name":"one","image":"i1","env":[{"name":"B","value":"2"}],"args":["x"]}]""")]
    [InlineData("containers", """{"containers":[{"name":"one","args":["y"],"env":null}]}""", """[{"name":"one","image":"i1","args":["y"]},{"name":"two","image":"i2"}]""")]
    [InlineData("containers", """{"$setElementOrder/containers":[{"name":"two"},{"name":"one"}]}""", """[{"name":"two","image":"i2"},{"name":"one","image":"i1","env":[{"name":"A","value":"1"},{"name":"B","value":"2"}],"args":["x"]}]""")]
    [InlineData("tolerations", """{"tolerations":[{"key":"l"}]}""", """[{"key":"l"}]""")]
    [InlineData("volumes", """{"volumes":[{"name":"v","$retainKeys":["name","hostPath"],"hostPath":{"path":"/x"}}]}""", """[{"name":"v","hostPath":{"path":"/x"}},{"name":"w","emptyDir":{}}]""")]
    public void Strategic_merge_knows_which_lists_are_sets(string field, string spec, string want) =>
        Equal(want, Apply($$"""{"spec":{{spec}}}""", Strategic)["spec"]![field]);

    [Theory]
    [InlineData("""{"labels":{"x":null,"y":"3"}}""", """{"name":"a","labels":{"a/b":"2","y":"3"},"finalizers":["f.io/1","f.io/2"]}""")]
    [InlineData("""{"labels":{"$patch":"replace","y":"3"}}""", """{"name":"a","labels":{"y":"3"},"finalizers":["f.io/1","f.io/2"]}""")]
    [InlineData("""{"$deleteFromPrimitiveList/finalizers":["f.io/1"]}""", """{"name":"a","labels":{"x":"1","a/b":"2"},"finalizers":["f.io/2"]}""")]
    [InlineData("""{"finalizers":["f.io/2","f.io/3"]}""", """{"name":"a","labels":{"x":"1","a/b":"2"},"finalizers":["f.io/1","f.io/2","f.io/3"]}""")]
    [InlineData("""{"$setElementOrder/finalizers":["f.io/3","f.io/1"],"$deleteFromPrimitiveList/finalizers":["f.io/2"],"finalizers":["f.io/3"]}""", """{"name":"a","labels":{"x":"1","a/b":"2"},"finalizers":["f.io/3","f.io/1"]}""")]
    public void Strategic_merge_of_maps_and_of_lists_of_scalars(string metadata, string want) =>
        Equal(want, Apply($$"""{"metadata":{{metadata}}}""", Strategic)["metadata"]);

    [Theory]
    [InlineData("""{"metadata":{"labels":{"x":null,"y":"3"}}}""", "metadata.labels", """{"a/b":"2","y":"3"}""")]
    [InlineData("""{"spec":{"containers":[{"name":"z"}]}}""", "spec.containers", """[{"name":"z"}]""")]
    [InlineData("""{"spec":{"securityContext":{"runAsUser":null,"fsGroup":1}}}""", "spec.securityContext", """{"fsGroup":1}""")]
    public void Merge_patch_is_RFC_7386(string patch, string path, string want) =>
        Equal(want, path.Split('.').Aggregate((JsonNode?)Apply(patch, Merge), (node, step) => node![step]));

    [Theory]
    [InlineData("""[{"op":"add","path":"/metadata/labels/c~1d","value":"3"},{"op":"remove","path":"/metadata/labels/x"}]""", "metadata.labels", """{"a/b":"2","c/d":"3"}""")]
    [InlineData("""[{"op":"replace","path":"/metadata/labels/a~1b","value":"~"},{"op":"test","path":"/metadata/labels/a~1b","value":"~"}]""", "metadata.labels", """{"x":"1","a/b":"~"}""")]
    [InlineData("""[{"op":"add","path":"/metadata/finalizers/0","value":"f.io/0"},{"op":"add","path":"/metadata/finalizers/-","value":"f.io/3"}]""", "metadata.finalizers", """["f.io/0","f.io/1","f.io/2","f.io/3"]""")]
    [InlineData("""[{"op":"move","from":"/metadata/finalizers/0","path":"/metadata/finalizers/1"}]""", "metadata.finalizers", """["f.io/2","f.io/1"]""")]
    [InlineData("""[{"op":"copy","from":"/metadata/labels/x","path":"/metadata/labels/y"}]""", "metadata.labels", """{"x":"1","a/b":"2","y":"1"}""")]
    public void Json_patch_is_RFC_6902(string patch, string path, string want) =>
        Equal(want, path.Split('.').Aggregate((JsonNode?)Apply(patch, Json), (node, step) => node![step]));

    [Theory]
    [InlineData(Json, """[{"op":"test","path":"/metadata/name","value":"b"}]""", 422)]
    [InlineData(Json, """[{"op":"remove","path":"/metadata/nothing"}]""", 422)]
    [InlineData(Json, """[{"op":"replace","path":"/spec/containers/2","value":{}}]""", 422)]
    [InlineData(Json, """[{"op":"replace","path":"/spec/containers/01","value":{}}]""", 422)]
    [InlineData(Json, """[{"op":"move","from":"/spec","path":"/spec/x"}]""", 422)]
    [InlineData(Json, """[{"op":"remove","path":""}]""", 422)]
    [InlineData(Json, """[{"op":"dance","path":"/metadata"}]""", 422)]
    [InlineData(Json, """[{"op":"replace","path":"/kind","value":"Secret"}]""", 400)]
    [InlineData(Json, """{}""", 400)]
    [InlineData(Merge, """[]""", 400)]
    [InlineData(Merge, """{"a":""", 400)]
    [InlineData(Strategic, """{"spec":{"containers":[{"image":"no key"}]}}""", 422)]
    [InlineData(Strategic, """{"spec":{"$patch":"turn"}}""", 422)]
    [InlineData(Strategic, """{"spec":{"$retainKeys":["a"],"hostNetwork":true}}""", 422)]
    [InlineData("application/apply-patch+yaml", "{}", 415)]
    [InlineData("application/json", "{}", 415)]
    public void What_does_not_fit_is_refused_with_the_right_code(string type, string patch, int code) =>
        Assert.Equal(code, Assert.Throws<ApiException>(() => Apply(patch, type)).Code);

    [Fact]
    public void Too_many_operations_are_too_large()
    {
        var patch = "[" + string.Join(',', Enumerable.Repeat("""{"op":"test","path":"/kind","value":"Pod"}""", 10_001)) + "]";
        Assert.Equal((413, "RequestEntityTooLarge"), Refused(patch));
    }

    [Fact]
    public void Copies_cannot_grow_a_document_without_end()
    {
        var patch = "[" + string.Join(',', Enumerable.Repeat("""{"op":"copy","from":"/spec","path":"/spec/containers/-"}""", 64)) + "]";
        Assert.Equal((422, "Invalid"), Refused(patch));
    }

    [Fact]
    public void Copies_and_pointers_cannot_nest_a_document_without_end()
    {
        Assert.Equal((422, "Invalid"), Refused("[" + string.Join(',', Enumerable.Repeat("""{"op":"copy","from":"/metadata/labels","path":"/metadata/labels/x"}""", 1_100)) + "]"));
        Assert.Equal((422, "Invalid"), Refused("[" + string.Join(',', Enumerable.Range(1, 1_100).Select(i => $$$"""{"op":"add","path":"/metadata/labels{{{string.Concat(Enumerable.Repeat("/l", i))}}}","value":{}}""")) + "]"));
    }

    [Fact]
    public void The_stored_object_is_never_changed_and_only_ApiException_is_thrown() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 8], Gen.String[0, 3], Gen.String[0, 12]).Sample((type, shape, name, text) =>
        {
            var key = JsonValue.Create(name).ToJsonString();
            var value = JsonValue.Create(text).ToJsonString();
            var patch = shape switch
            {
                0 => $"{{{key}:{value}}}",
                1 => $"{{\"spec\":{{\"containers\":[{{\"name\":{key},\"$patch\":{value}}}]}}}}",
                2 => $"{{\"metadata\":{{\"$setElementOrder/finalizers\":[{key}],\"finalizers\":[{value}]}}}}",
                3 => $"{{\"spec\":{{\"$setElementOrder/volumes\":{value}}}}}",
                4 => $"[{{\"op\":\"add\",\"path\":{value},\"value\":{key}}}]",
                5 => $"[{{\"op\":\"remove\",\"path\":\"/spec/\"+{key}}}]",
                6 => $"[{{\"op\":\"copy\",\"from\":\"/spec\",\"path\":{value}}}]",
                7 => $"{{\"spec\":{{\"containers\":[null,[],{value}]}}}}",
                _ => text,
            };
            var stored = JsonNode.Parse(Stored)!.AsObject();
            try
            {
                PatchApplier.Apply(CoreKinds.Pod, stored, Encoding.UTF8.GetBytes(patch), ((string[])[Json, Merge, Strategic])[type], FieldValidation.Ignore, []);
            }
            catch (ApiException e)
            {
                Assert.InRange(e.Code, 400, 422);
            }
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Stored), stored));
        }, iter: 20_000);

    private static (int, string) Refused(string patch)
    {
        var fault = Assert.Throws<ApiException>(() => Apply(patch, Json));
        return (fault.Code, fault.Reason);
    }

    private static JsonObject Apply(string patch, string type) =>
        PatchApplier.Apply(CoreKinds.Pod, JsonNode.Parse(Stored)!.AsObject(), Encoding.UTF8.GetBytes(patch), type);

    private static void Equal(string want, JsonNode? got) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(want), got), got?.ToJsonString() ?? "nothing");
}
