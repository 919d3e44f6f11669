using System.Collections.Immutable;

namespace Vitrine.Model.Snapshot;

/// <summary>A pod's labels without those that controllers write to tell it from its sisters, or one rollout from the next.</summary>
public static class LastingLabels
{
    private static readonly ImmutableHashSet<string> Passing =
    [
        "pod-template-hash", "controller-revision-hash", "pod-template-generation", "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index",
        "controller-uid", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-completion-index",
    ];

    /// <summary>By key.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Of(IEnumerable<KeyValuePair<string, string>> labels) => labels.Where(l => !Passing.Contains(l.Key)).OrderBy(l => l.Key, StringComparer.Ordinal);
}
