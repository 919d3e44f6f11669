using System.Text.Json.Nodes;
using Vitrine.Manifests;
using Xunit;

namespace Vitrine.Unit.Executable;

public sealed class StaticManifestTests
{
    [Fact]
    public void A_manifest_is_filled_in_as_the_API_would()
    {
        var pod = JsonNode.Parse(StaticManifest.Read("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - {name: a, image: nginx}\n"))!;
        Assert.Equal(30, (int)pod["spec"]!["terminationGracePeriodSeconds"]!);
        Assert.Null(pod["spec"]!["volumes"]);
    }

    [Fact]
    public void What_comes_of_it_may_be_its_own_mirror()
    {
        var pod = JsonNode.Parse(StaticManifest.Read(StaticManifest.Read("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  hostNetwork: true\n  containers:\n  - {name: a, image: nginx}\n")))!;
        Assert.Null(pod["spec"]!["serviceAccountName"]);
        Assert.Null(pod["spec"]!["serviceAccount"]);
    }

    [Theory]
    [InlineData("", "a static pod's file holds one object")]
    [InlineData("kind: Pod\napiVersion: v1\nspec: {}\n---\nkind: Pod\n", "a static pod's file holds one object")]
    [InlineData("kind: Service\napiVersion: v1\n", "it holds a v1 Service; a static pod is a v1 Pod")]
    [InlineData("kind: Pod\napiVersion: v1\nspec: [", "yaml: line")]
    [InlineData("kind: Pod\napiVersion: v1\n", "metadata.name: Required value")]
    [InlineData("kind: Pod\napiVersion: v1\nmetadata: {name: x}\nspec: {}\n", "spec.containers: Required value")]
    [InlineData("kind: Pod\napiVersion: v1\nmetadata: {name: x}\nspec: {containers: [{name: a, image: b}], volumes: [{name: s, secret: {secretName: t}}]}\n", "a mirror pod may not reference secrets")]
    public void Anything_else_says_what_is_wrong(string text, string why) =>
        Assert.Contains(why, Assert.Throws<FormatException>(() => StaticManifest.Read(text)).Message, StringComparison.Ordinal);
}
