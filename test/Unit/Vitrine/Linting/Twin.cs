using Vitrine.Linting;
using Vitrine.Manifests;
using Xunit;

namespace Vitrine.Unit.Linting;

/// <summary>A broken manifest and its mended twin: the one has the finding that is expected and no other, the other has none.</summary>
internal static class Twin
{
    public const string Web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: nginx
                image: nginx
                ports: [{name: http, containerPort: 80}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
        ---

        """;

    public static IReadOnlyList<LintFinding> Lint(string yaml, int nodes = 1) => LintRules.Check(DraftedCluster.Of([.. ManifestFiles.Parse("in.yaml", yaml)], "default", nodes));

    /// <param name="yaml">mended</param>
    /// <param name="good">a text in it</param>
    /// <param name="bad">what breaks it, written in its place</param>
    /// <param name="severity">of the finding</param>
    /// <param name="rule">of the finding</param>
    /// <param name="about">object of the finding</param>
    /// <param name="field">of the object</param>
    /// <param name="fix">is in the finding's fix</param>
    public static LintFinding Breaks(string yaml, string good, string bad, string severity, string rule, string about, string field, string fix)
    {
        Assert.Contains(good, yaml, StringComparison.Ordinal);
        Assert.Empty(Lint(yaml));
        var found = Assert.Single(Lint(yaml.Replace(good, bad, StringComparison.Ordinal)));
        Assert.Equal((severity, rule, about, field), (found.Severity, found.Rule, found.Object, found.Field));
        Assert.Contains(fix, found.Fix, StringComparison.Ordinal);
        Assert.NotEqual("", found.Why);
        Assert.True(found is { File: "in.yaml", Document: > 0, Line: > 0 });
        return found;
    }
}
