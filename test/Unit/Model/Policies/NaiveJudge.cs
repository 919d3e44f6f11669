using System.Net;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace Vitrine.Unit.Model.Policies;

/// <summary>
/// What the documentation says, sentence by sentence, of one packet and the objects as they are: no tables, nothing kept. Shares no code with the plan.
/// </summary>
internal sealed class NaiveJudge(PolicyWorld world)
{
    private sealed record Someone(string Namespace, IDictionary<string, string> Labels, (string Name, string Protocol, int Port)[] Ports);

    public bool Allows(V1Pod pod, bool ingress, string peer, string protocol, int port)
    {
        if (pod.Status.PodIPs.Any(a => a.Ip == peer))
            return true;
        foreach (var verdict in Tier("Admin", pod, ingress, peer, protocol, port))
            if (verdict == "Pass")
                break;
            else
                return verdict == "Accept";
        V1NetworkPolicy[] isolating = [.. world.Policies.Values.Where(p => p.Metadata.NamespaceProperty == pod.Metadata.NamespaceProperty && Matches(p.Spec.PodSelector, pod.Metadata.Labels) && Types(p).Contains(ingress ? "Ingress" : "Egress"))];
        if (isolating.Length > 0)
            return isolating.Any(p => ingress
                ? (p.Spec.Ingress ?? []).Any(r => AnyPeer(p, r.FromProperty, r.Ports, pod, true, peer, protocol, port))
                : (p.Spec.Egress ?? []).Any(r => AnyPeer(p, r.To, r.Ports, pod, false, peer, protocol, port)));
        foreach (var verdict in Tier("Baseline", pod, ingress, peer, protocol, port))
            return verdict != "Deny";
        return true;
    }

    private static IList<string> Types(V1NetworkPolicy policy) => policy.Spec.PolicyTypes ?? (policy.Spec.Egress is { Count: > 0 } ? ["Ingress", "Egress"] : ["Ingress"]);

    private bool AnyPeer(V1NetworkPolicy policy, IList<V1NetworkPolicyPeer>? peers, IList<V1NetworkPolicyPort>? ports, V1Pod pod, bool ingress, string peer, string protocol, int port) =>
        peers is { Count: > 0 }
            ? peers.Any(p => p.IpBlock is { } block
                ? In(block.Cidr, peer) && (block.Except ?? []).All(e => !In(e, peer)) && AnyPort(ports, ingress ? [Itself(pod)] : Everyone(peer), protocol, port)
                : Everyone(peer).Any(s => (p.NamespaceSelector is null ? s.Namespace == policy.Metadata.NamespaceProperty : Matches(p.NamespaceSelector, world.Namespaces[s.Namespace].Metadata.Labels))
                    && (p.PodSelector is null || Matches(p.PodSelector, s.Labels)) && AnyPort(ports, ingress ? [Itself(pod)] : [s], protocol, port)))
            : AnyPort(ports, ingress ? [Itself(pod)] : Everyone(peer), protocol, port);

    private static bool AnyPort(IList<V1NetworkPolicyPort>? ports, IEnumerable<Someone> destination, string protocol, int port) => ports is not { Count: > 0 } || ports.Any(p =>
        (p.Protocol ?? "TCP") == protocol && (p.Port?.Value is not { } wanted || (int.TryParse(wanted, out var number)
            ? port >= number && port <= (p.EndPort ?? number)
            : destination.Any(d => d.Ports.Any(n => n.Name == wanted && n.Protocol == protocol && n.Port == port)))));

    private IEnumerable<string> Tier(string tier, V1Pod pod, bool ingress, string peer, string protocol, int port) =>
        from policy in world.ClusterPolicies.Values
        where (string?)policy["spec"]!["tier"] == tier && IsSubject(policy["spec"]!["subject"]!, pod)
        orderby (int)policy["spec"]!["priority"]!, (string?)policy["metadata"]!["name"]
        from rule in policy["spec"]![ingress ? "ingress" : "egress"]!.AsArray()
        where rule![ingress ? "from" : "to"]!.AsArray().Any(p => ClusterPeer(p!, rule["protocols"] as JsonArray, pod, ingress, peer, protocol, port))
        select (string)rule["action"]!;

    private bool IsSubject(JsonNode subject, V1Pod pod) => subject["namespaces"] is { } namespaces
        ? Matches(Selector(namespaces), world.Namespaces[pod.Metadata.NamespaceProperty].Metadata.Labels)
        : Matches(Selector(subject["pods"]!["namespaceSelector"]!), world.Namespaces[pod.Metadata.NamespaceProperty].Metadata.Labels) && Matches(Selector(subject["pods"]!["podSelector"]!), pod.Metadata.Labels);

    private bool ClusterPeer(JsonNode peer, JsonArray? protocols, V1Pod pod, bool ingress, string address, string protocol, int port)
    {
        if (peer["namespaces"] is { } namespaces)
            return Everyone(address).Any(s => Matches(Selector(namespaces), world.Namespaces[s.Namespace].Metadata.Labels) && ClusterPort(protocols, ingress ? [Itself(pod)] : [s], protocol, port));
        if (peer["pods"] is { } pods)
            return Everyone(address).Any(s => Matches(Selector(pods["namespaceSelector"]!), world.Namespaces[s.Namespace].Metadata.Labels) && Matches(Selector(pods["podSelector"]!), s.Labels)
                && ClusterPort(protocols, ingress ? [Itself(pod)] : [s], protocol, port));
        if (peer["nodes"] is { } nodes)
            return world.Nodes.Values.Any(n => n.Status.Addresses.Any(a => a.Address == address) && Matches(Selector(nodes), n.Metadata.Labels)) && ClusterPort(protocols, [], protocol, port);
        return peer["networks"]!.AsArray().Any(n => In((string)n!, address)) && ClusterPort(protocols, ingress ? [Itself(pod)] : Everyone(address), protocol, port);
    }

    private static bool ClusterPort(JsonArray? protocols, IEnumerable<Someone> destination, string protocol, int port) => protocols is null || protocols.Any(p =>
        p!["destinationNamedPort"] is { } name
            ? destination.Any(d => d.Ports.Any(n => n.Name == (string)name! && n.Protocol == protocol && n.Port == port))
            : p[protocol.ToLowerInvariant()]?["destinationPort"] is { } wanted && (wanted["number"] is { } number ? (int)number == port : port >= (int)wanted["range"]!["start"]! && port <= (int)wanted["range"]!["end"]!));

    /// <summary>Pods, and what counts as one, at an address. Of pods that share it the one that stays, then the youngest.</summary>
    private IEnumerable<Someone> Everyone(string address)
    {
        var pod = world.Pods.Values.Where(p => p.Spec.HostNetwork != true && p.Status.Phase is not ("Failed" or "Succeeded") && p.Status.PodIPs.Any(a => a.Ip == address))
            .OrderBy(p => p.Metadata.DeletionTimestamp is not null).ThenByDescending(p => p.Metadata.CreationTimestamp).FirstOrDefault();
        if (pod is not null)
            yield return Itself(pod);
        // The cluster's DNS is also every node's, at the first address of its pod range.
        if (world.Dns.Spec.ClusterIPs.Contains(address) || world.Nodes.Values.Any(n => (n.Spec.PodCIDRs ?? []).Any(r => IPNetwork.Parse(r).BaseAddress.ToString() == address)))
            yield return new Someone("kube-system", world.Dns.Metadata.Labels, [.. world.Dns.Spec.Ports.Select(p => (p.Name, p.Protocol, p.Port))]);
    }

    private static Someone Itself(V1Pod pod) =>
        new(pod.Metadata.NamespaceProperty, pod.Metadata.Labels, [.. pod.Spec.Containers.SelectMany(c => c.Ports).Select(p => (p.Name, p.Protocol, p.ContainerPort))]);

    private static V1LabelSelector Selector(JsonNode node) => KubernetesJson.Deserialize<V1LabelSelector>(node.ToJsonString());

    private static bool Matches(V1LabelSelector selector, IDictionary<string, string> labels) =>
        (selector.MatchLabels ?? new Dictionary<string, string>()).All(l => labels.TryGetValue(l.Key, out var value) && value == l.Value)
        && (selector.MatchExpressions ?? []).All(e => e.OperatorProperty switch
        {
            "In" => labels.TryGetValue(e.Key, out var value) && e.Values.Contains(value),
            "NotIn" => !labels.TryGetValue(e.Key, out var value) || !e.Values.Contains(value),
            "Exists" => labels.ContainsKey(e.Key),
            _ => !labels.ContainsKey(e.Key),
        });

    private static bool In(string cidr, string address) => IPNetwork.Parse(cidr).Contains(IPAddress.Parse(address));
}
