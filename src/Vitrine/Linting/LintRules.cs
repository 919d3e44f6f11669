using Vitrine.Manifests;

namespace Vitrine.Linting;

/// <summary>All that is looked for.</summary>
internal static class LintRules
{
    private static readonly Func<DraftedCluster, IEnumerable<LintFinding>>[] All =
    [
        SchemaRules.Check,
        ServiceRules.Check,
        HeadlessRules.Check,
        PodReferenceRules.Check,
        PodPortRules.Check,
        PlacementRules.Check,
        StatefulRules.Check,
        IngressRules.Check,
        PathRules.Check,
        RouteRules.Check,
        PolicyRules.Check,
    ];

    /// <summary>Findings by file and line.</summary>
    public static IReadOnlyList<LintFinding> Check(DraftedCluster cluster) =>
        [.. All.SelectMany(rule => rule(cluster)).Distinct()
            .OrderBy(f => f.File, StringComparer.Ordinal).ThenBy(f => f.Line).ThenBy(f => f.Rule, StringComparer.Ordinal).ThenBy(f => f.Object, StringComparer.Ordinal).ThenBy(f => f.Field, StringComparer.Ordinal).ThenBy(f => f.Why, StringComparer.Ordinal)];
}
