using System.Runtime.CompilerServices;
using Vitrine.Linting;
using Vitrine.Manifests;
using Xunit;

namespace Vitrine.Unit.Linting;

/// <summary>The repository's own examples: what is found in them is known, and the README of each says why.</summary>
public sealed class ExampleLintTests
{
    [Theory]
    [InlineData("1-container-to-container")]
    [InlineData("3-services")]
    [InlineData("4-ingress/sock-shop.yaml")]
    public void Nothing_is_found(string path) => Assert.Empty(Lint(path));

    [Fact]
    public void The_second_chapter_is_for_several_nodes_and_its_script_writes_a_ConfigMap() =>
        Assert.All(Lint("2-pod-to-pod"), f => Assert.Equal(("warning", "reference-absent"), (f.Severity, f.Rule)));

    [Theory]
    [InlineData("canary.yaml")]
    [InlineData("default-backend.yaml")]
    [InlineData("hosts.yaml")]
    [InlineData("tls.yaml")]
    [InlineData("fanout.yaml")]
    public void What_is_in_the_cluster_already_is_a_warning(string file) => Assert.All(Lint($"4-ingress/{file}"), f => Assert.Equal("warning", f.Severity));

    [Fact]
    public void The_encrypted_Ingress_is_to_replace_the_other() =>
        Assert.Equal(["repeated"], Lint("4-ingress").Where(f => f.Severity == LintFinding.Error).Select(f => f.Rule));

    private static IReadOnlyList<LintFinding> Lint(string path) => LintRules.Check(DraftedCluster.Of(ManifestFiles.Read([Path.Combine(Examples(), path)], false, TextReader.Null), "default", 3));

    private static string Examples([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../../examples"));
}
