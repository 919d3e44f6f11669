using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Definitions;

/// <summary>Source: pkg/apis/apiextensions/v1/defaults.go.</summary>
internal static class DefinitionDefaults
{
    public static void Apply(JsonObject definition)
    {
        if (definition.Object("spec") is not { } spec)
        {
            return;
        }
        if (spec.Object("names") is { } names && names.Text("kind") is { Length: > 0 } kind)
        {
            names.DefaultText("singular", kind.ToLowerInvariant());
            names.DefaultText("listKind", $"{kind}List");
        }
        spec.Ensure("conversion").DefaultText("strategy", "None");
        foreach (var version in spec.Objects("versions"))
        {
            foreach (var word in (ReadOnlySpan<string>)["served", "storage"])
            {
                version[word] = version.Flag(word);
            }
        }
    }
}
