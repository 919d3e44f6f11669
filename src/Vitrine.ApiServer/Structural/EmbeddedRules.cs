using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Structural;

/// <summary>x-kubernetes-embedded-resource: an object within an object says what it is (pkg/apiserver/schema/objectmeta: Validate).</summary>
internal static class EmbeddedRules
{
    public static void Check(JsonObject map, string path, List<FieldCause> causes)
    {
        foreach (var field in (ReadOnlySpan<string>)["apiVersion", "kind"])
        {
            causes.Require(map, path, field, "must not be empty");
        }
        if (map.Object("metadata") is not { } metadata)
        {
            return;
        }
        var at = $"{path}.metadata";
        if (metadata.Text("name") is { Length: > 0 } name)
        {
            causes.Named($"{at}.name", name, Names.Subdomain);
        }
        causes.Labels(metadata.Object("labels"), $"{at}.labels");
        MetadataRules.Annotations(metadata.Object("annotations"), $"{at}.annotations", causes);
    }
}
