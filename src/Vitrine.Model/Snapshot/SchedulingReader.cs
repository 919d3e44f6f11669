using System.Collections.Immutable;
using k8s.Models;

namespace Vitrine.Model.Snapshot;

/// <summary>The scheduling part of a typed pod → <see cref="PodScheduling"/>, or null where it says nothing.</summary>
internal static class SchedulingReader
{
    public static PodScheduling? Read(V1Pod pod)
    {
        var spec = pod.Spec;
        var affinity = spec.Affinity;
        var scheduling = new PodScheduling
        {
            RequiredNodes = affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is { } required ? [.. required.NodeSelectorTerms.Select(Term)] : null,
            PreferredNodes = [.. (affinity?.NodeAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? []).Select(p => new Weighted<NodeTerm>(p.Weight, Term(p.Preference)))],
            Affinity = [.. (affinity?.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? []).Select(t => Term(t, pod))],
            PreferredAffinity = [.. (affinity?.PodAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? []).Select(t => new Weighted<PodTerm>(t.Weight, Term(t.PodAffinityTerm, pod)))],
            AntiAffinity = [.. (affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? []).Select(t => Term(t, pod))],
            PreferredAntiAffinity = [.. (affinity?.PodAntiAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? []).Select(t => new Weighted<PodTerm>(t.Weight, Term(t.PodAffinityTerm, pod)))],
            Spread = [.. (spec.TopologySpreadConstraints ?? []).Select(c => Constraint(c, pod))],
            Gates = [.. (spec.SchedulingGates ?? []).Select(g => g.Name)],
            HostPorts = [.. SnapshotReader.LongRunning(spec).SelectMany(c => c.Ports ?? []).Where(p => p.HostPort > 0).Select(p => new HostPort(p.HostIP ?? "", p.Protocol ?? "TCP", p.HostPort!.Value))],
            NeverPreempts = spec.PreemptionPolicy == "Never",
            NominatedNode = string.IsNullOrEmpty(pod.Status?.NominatedNodeName) ? null : pod.Status.NominatedNodeName,
        };
        return Says(scheduling) ? scheduling : null;
    }

    private static bool Says(PodScheduling s) =>
        s.RequiredNodes is not null || s.PreferredNodes.Length + s.Affinity.Length + s.PreferredAffinity.Length + s.AntiAffinity.Length + s.PreferredAntiAffinity.Length
            + s.Spread.Length + s.Gates.Length + s.HostPorts.Length > 0 || s.NeverPreempts || s.NominatedNode is not null;

    private static NodeTerm Term(V1NodeSelectorTerm term) => new(Requirements(term.MatchExpressions), Requirements(term.MatchFields));

    private static LabelSelector Requirements(IList<V1NodeSelectorRequirement>? all) =>
        new([.. (all ?? []).Select(r => new LabelRequirement(r.Key, r.OperatorProperty, [.. r.Values ?? []]))]);

    private static PodTerm Term(V1PodAffinityTerm term, V1Pod pod)
    {
        var selector = WithKeys(LabelSelector.Read(term.LabelSelector), term.MatchLabelKeys, "In", pod);
        return new PodTerm(
            WithKeys(selector, term.MismatchLabelKeys, "NotIn", pod),
            term.Namespaces is { Count: > 0 } named ? [.. named] : term.NamespaceSelector is null ? [pod.Metadata.NamespaceProperty] : [],
            LabelSelector.Read(term.NamespaceSelector),
            term.TopologyKey);
    }

    private static SpreadConstraint Constraint(V1TopologySpreadConstraint c, V1Pod pod) => new(
        c.MaxSkew,
        c.TopologyKey,
        c.WhenUnsatisfiable != "ScheduleAnyway",
        WithKeys(LabelSelector.Read(c.LabelSelector), c.MatchLabelKeys, "In", pod) ?? new LabelSelector([new LabelRequirement("", "In", ImmutableArray<string>.Empty)]),
        c.MinDomains ?? 1,
        c.NodeAffinityPolicy != "Ignore",
        c.NodeTaintsPolicy == "Honor");

    /// <summary>matchLabelKeys (KEP-3243, KEP-3633): the pod's own value of each key it has.</summary>
    private static LabelSelector? WithKeys(LabelSelector? selector, IList<string>? keys, string op, V1Pod pod)
    {
        foreach (var key in keys ?? [])
        {
            if (pod.Metadata.Labels?.TryGetValue(key, out var value) == true)
            {
                selector = selector?.And(new LabelRequirement(key, op, [value]));
            }
        }

        return selector;
    }
}
