using System.Text.Json;
using k8s.Models;
using Vitrine.Manifests;
using Vitrine.Model.Snapshot;

namespace Vitrine.Linting;

/// <summary>NetworkPolicies that select nothing, or speak of ports that no selected pod has.</summary>
internal static class PolicyRules
{
    public static IEnumerable<LintFinding> Check(DraftedCluster cluster)
    {
        PodTemplate[] pods = [.. PodTemplate.Of(cluster)];
        foreach (var about in cluster.Objects.Where(o => o.Draft is { Group: "networking.k8s.io", Kind: "NetworkPolicy", Faults.Count: 0 }))
        {
            if (Read(about) is not { Spec: { } spec })
            {
                yield return LintFinding.Of(about, LintFinding.Error, "invalid", "spec", $"the spec of {about.Key} is none of a NetworkPolicy", "see https://kubernetes.io/docs/concepts/services-networking/network-policies/");
                continue;
            }
            PodTemplate[] own = [.. pods.Where(p => p.Source.Namespace == about.Namespace)];
            PodTemplate[] selected = [.. own.Where(p => (LabelSelector.Read(spec.PodSelector) ?? LabelSelector.Everything).Matches(p.Labels))];
            if (selected.Length == 0)
                yield return LintFinding.Of(about, own.Length > 0 ? LintFinding.Error : LintFinding.Warning, "policy-selects-nothing", "spec.podSelector",
                    $"{about.Key} selects no pod of the files{(own.Length > 0 ? $"; those in {about.Namespace} are of {string.Join(", ", own.Select(p => p.Source.Key).Take(3))}" : ", which have none there; the cluster may")}", "mend spec.podSelector");
            foreach (var finding in (spec.Ingress ?? []).Index().SelectMany(r => Rule(cluster, about, pods, r.Item.FromProperty, $"spec.ingress[{r.Index}].from").Concat((r.Item.Ports ?? []).Index().Select(p => Port(about, selected, p.Item, $"spec.ingress[{r.Index}].ports[{p.Index}].port")).OfType<LintFinding>())))
                yield return finding;
            foreach (var finding in (spec.Egress ?? []).Index().SelectMany(r => Rule(cluster, about, pods, r.Item.To, $"spec.egress[{r.Index}].to")))
                yield return finding;
        }
    }

    /// <summary>Peers that are nobody of the files.</summary>
    private static IEnumerable<LintFinding> Rule(DraftedCluster cluster, FileObject about, PodTemplate[] pods, IList<V1NetworkPolicyPeer>? peers, string field)
    {
        foreach (var (index, peer) in (peers ?? []).Index())
            if (peer.IpBlock is null && LabelSelector.Read(peer.NamespaceSelector) is var spaces && LabelSelector.Read(peer.PodSelector) is var selector
                && !pods.Any(p => (spaces is null ? p.Source.Namespace == about.Namespace : spaces.Matches(cluster.Snapshot.Namespaces.GetValueOrDefault(p.Source.Namespace)?.Labels)) && selector?.Matches(p.Labels) != false))
                yield return LintFinding.Of(about, LintFinding.Warning, "policy-peer-nobody", $"{field}[{index}]", $"{field}[{index}] of {about.Key} is no pod of the files; the cluster may have some", "mend its selectors");
    }

    /// <summary>Of what comes in: the ports are the selected pods' own.</summary>
    private static LintFinding? Port(FileObject about, PodTemplate[] selected, V1NetworkPolicyPort rule, string field)
    {
        var (wanted, protocol) = (rule.Port?.Value, rule.Protocol ?? "TCP");
        var ports = selected.SelectMany(p => p.Containers).SelectMany(c => c.Container.Ports ?? []).Where(p => (p.Protocol ?? "TCP") == protocol).ToArray();
        if (wanted is null || selected.Length == 0)
            return null;
        var isNumber = int.TryParse(wanted, out var number);
        var listed = ports.Length == 0 ? "none" : string.Join(", ", ports.Select(p => p.Name is { Length: > 0 } name ? $"{p.ContainerPort} ({name})" : $"{p.ContainerPort}").Distinct());
        return isNumber
            ? ports.Length == 0 || ports.Any(p => p.ContainerPort == number || (p.ContainerPort >= number && p.ContainerPort <= rule.EndPort)) ? null
                : LintFinding.Of(about, LintFinding.Warning, "policy-port-undeclared", field, $"no pod that {about.Key} selects declares {protocol} port {number}; they declare {listed}. A policy is about the pod's own port, not the Service's", $"set {field} to {ports[0].ContainerPort}")
            : ports.Any(p => p.Name == wanted) ? null
                : LintFinding.Of(about, LintFinding.Error, "policy-port-unknown", field, $"no pod that {about.Key} selects has a {protocol} port named {wanted}; they have {listed}", ports.Length == 0 ? "name the container's port, or give a number" : $"set {field} to {ports[0].Name ?? $"{ports[0].ContainerPort}"}");
    }

    /// <summary>Null for what is none: kinds that are not served are not validated.</summary>
    private static V1NetworkPolicy? Read(FileObject about)
    {
        try
        {
            return ObjectDraft.Read<V1NetworkPolicy>(about.Value) is { Spec: { } spec } policy && IsWhole(spec) ? policy : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool IsWhole(V1NetworkPolicySpec spec)
    {
        V1NetworkPolicyPeer?[] peers = [.. (spec.Ingress ?? []).SelectMany(r => r?.FromProperty ?? []), .. (spec.Egress ?? []).SelectMany(r => r?.To ?? [])];
        return spec.Ingress?.Contains(null!) != true && spec.Egress?.Contains(null!) != true && spec.Ingress?.Any(r => r.Ports?.Contains(null!) == true) != true
            && Array.TrueForAll(peers, p => p is not null) && peers.SelectMany(p => new[] { p!.PodSelector, p.NamespaceSelector }).Append(spec.PodSelector).All(s => s?.MatchExpressions?.All(e => e is { Key.Length: > 0, OperatorProperty: "In" or "NotIn" or "Exists" or "DoesNotExist" }) != false);
    }
}
