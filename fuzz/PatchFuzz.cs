using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Patch;

namespace Vitrine.Fuzz;

/// <summary>A patch of every type against a pod.</summary>
internal static class PatchFuzz
{
    private const string Stored = """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","labels":{"x":"1"},"finalizers":["f/1"]},"spec":{"containers":[{"name":"one","image":"i"},{"name":"two","image":"j"}],"volumes":[{"name":"v","emptyDir":{}}]}}""";

    public static string[] Seeds { get; } =
    [
        """{"spec":{"$setElementOrder/containers":[{"name":"two"},{"name":"one"}],"containers":[{"name":"one","$patch":"delete"},{"name":"two","image":"k"}]}}""",
        """{"metadata":{"$deleteFromPrimitiveList/finalizers":["f/1"],"labels":{"$patch":"replace","y":"2"}}}""",
        """{"spec":{"volumes":[{"name":"v","$retainKeys":["name","hostPath"],"hostPath":{"path":"/"}}]}}""",
        """[{"op":"add","path":"/metadata/labels/y","value":"2"},{"op":"copy","from":"/spec/containers/0","path":"/spec/containers/-"},{"op":"move","from":"/metadata/labels","path":"/metadata/annotations"},{"op":"test","path":"/kind","value":"Pod"},{"op":"remove","path":"/spec/volumes/0"}]""",
    ];

    public static void Parse(byte[] input)
    {
        foreach (var type in (string[])["application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json"])
        {
            try
            {
                PatchApplier.Apply(CoreKinds.Pod, JsonNode.Parse(Stored)!.AsObject(), input, type, FieldValidation.Ignore, []);
            }
            catch (ApiException e) when (e.Code is 400 or 413 or 422)
            {
                // What a bad patch is answered with.
            }
        }
    }
}
