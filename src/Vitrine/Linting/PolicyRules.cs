using Vitrine.Manifests;
using Vitrine.Model.Snapshot;

namespace Vitrine.Linting;

/// <summary>Policies of either kind that select nothing, or speak of ports that no selected pod has.</summary>
internal static class PolicyRules
{
    public static IEnumerable<LintFinding> Check(DraftedCluster cluster)
    {
        PodTemplate[] pods = [.. PodTemplate.Of(cluster)];
        foreach (var about in cluster.Objects.Where(o => o.Draft is { Group: "networking.k8s.io", Stored: true } && o.Kind == "NetworkPolicy"))
        {
            var policy = cluster.Snapshot.NetworkPolicies[$"{about.Namespace}/{about.Name}"];
            PodTemplate[] own = [.. pods.Where(p => p.Source.Namespace == about.Namespace)];
            PodTemplate[] selected = [.. own.Where(p => policy.Pods.Matches(p.Labels))];
            if (selected.Length == 0)
                yield return LintFinding.Of(about, own.Length > 0 ? LintFinding.Error : LintFinding.Warning, "policy-selects-nothing", "spec.podSelector",
                    $"{about.Key} selects no pod of the files{(own.Length > 0 ? $"; those in {about.Namespace} are of {string.Join(", ", own.Select(p => p.Source.Key).Take(3))}" : ", which have none there; the cluster may")}", "mend spec.podSelector");
            foreach (var (index, rule) in (policy.Ingress ?? []).Index())
                foreach (var finding in Peers(cluster, about, pods, rule, $"spec.ingress[{index}].from").Concat(rule.Ports.Index().Select(p => Port(about, selected, p.Item, $"spec.ingress[{index}].ports[{p.Index}].port")).OfType<LintFinding>()))
                    yield return finding;
            foreach (var (index, rule) in (policy.Egress ?? []).Index())
                foreach (var finding in Peers(cluster, about, pods, rule, $"spec.egress[{index}].to"))
                    yield return finding;
        }
        foreach (var finding in CheckClusterPolicies(cluster, pods))
            yield return finding;
    }

    private static IEnumerable<LintFinding> CheckClusterPolicies(DraftedCluster cluster, PodTemplate[] pods)
    {
        foreach (var about in cluster.Objects.Where(o => o.Draft is { Group: "policy.networking.k8s.io", Stored: true } && o.Kind == "ClusterNetworkPolicy"))
        {
            var policy = cluster.Snapshot.ClusterNetworkPolicies[about.Name];
            PodTemplate[] selected = [.. pods.Where(p => policy.Namespaces.Matches(cluster.Snapshot.Namespaces.GetValueOrDefault(p.Source.Namespace)?.Labels) && policy.Pods.Matches(p.Labels))];
            // It is for a whole cluster, and the files are a part of one.
            if (selected.Length == 0 && pods.Length > 0)
                yield return LintFinding.Of(about, LintFinding.Warning, "policy-selects-nothing", "spec.subject", $"{about.Key} selects no pod of the files; the cluster may have some", "mend spec.subject");
            foreach (var (index, rule) in policy.Ingress.Index())
                foreach (var finding in rule.Ports.Index().Select(p => Port(about, selected, p.Item, $"spec.ingress[{index}].protocols[{p.Index}]")).OfType<LintFinding>())
                    yield return finding;
        }
    }

    /// <summary>Peers that are nobody of the files; the cluster's DNS is always there.</summary>
    private static IEnumerable<LintFinding> Peers(DraftedCluster cluster, FileObject about, PodTemplate[] pods, PolicyRule rule, string field)
    {
        foreach (var (index, peer) in rule.Peers.Index())
            if (peer.Pods is { } selector && !pods.Any(p => Selects(cluster, about, peer, p.Source.Namespace) && selector.Matches(p.Labels)) && !Dns(cluster, about, peer))
                yield return LintFinding.Of(about, LintFinding.Warning, "policy-peer-nobody", $"{field}[{index}]", $"{field}[{index}] of {about.Key} is no pod of the files; the cluster may have some", "mend its selectors");
    }

    private static bool Dns(DraftedCluster cluster, FileObject about, PolicyPeer peer) =>
        cluster.Snapshot.Services.Values.Any(s => Model.Plans.Policies.StandIns.IsOne(s) && Selects(cluster, about, peer, s.Namespace) && peer.Pods!.Matches(s.Labels));

    private static bool Selects(DraftedCluster cluster, FileObject about, PolicyPeer peer, string ns) =>
        peer.Namespaces is null ? ns == about.Namespace : peer.Namespaces.Matches(cluster.Snapshot.Namespaces.GetValueOrDefault(ns)?.Labels);

    /// <summary>Of what comes in: the ports are the selected pods' own.</summary>
    private static LintFinding? Port(FileObject about, PodTemplate[] selected, PolicyPort rule, string field)
    {
        var ports = selected.SelectMany(p => p.Containers).SelectMany(c => c.Container.Ports ?? []).Where(p => rule.Protocol.Length == 0 || (p.Protocol ?? "TCP") == rule.Protocol).ToArray();
        if (selected.Length == 0 || rule == PolicyPort.All(rule.Protocol))
            return null;
        var listed = ports.Length == 0 ? "none" : string.Join(", ", ports.Select(p => p.Name is { Length: > 0 } name ? $"{p.ContainerPort} ({name})" : $"{p.ContainerPort}").Distinct());
        return rule.Name.Length == 0
            ? ports.Length == 0 || ports.Any(p => p.ContainerPort >= rule.First && p.ContainerPort <= rule.Last) ? null
                : LintFinding.Of(about, LintFinding.Warning, "policy-port-undeclared", field, $"no pod that {about.Key} selects declares {rule.Protocol} port {rule.First}; they declare {listed}. A policy is about the pod's own port, not the Service's", $"set {field} to {ports[0].ContainerPort}")
            : ports.Any(p => p.Name == rule.Name) ? null
                : LintFinding.Of(about, LintFinding.Error, "policy-port-unknown", field, $"no pod that {about.Key} selects has a {(rule.Protocol.Length > 0 ? rule.Protocol + " " : "")}port named {rule.Name}; they have {listed}", ports.Length == 0 ? "name the container's port, or give a number" : $"set {field} to {ports[0].Name ?? $"{ports[0].ContainerPort}"}");
    }
}
