using System.Net;
using k8s.Models;

namespace Vitrine.Cluster.Policies;

/// <summary>Somebody policies speak of.</summary>
/// <param name="Namespace">its namespace</param>
/// <param name="Name">its name</param>
/// <param name="Labels">of the pod</param>
/// <param name="Addresses">of the pod, one of a family</param>
/// <param name="Ports">named ports: name and protocol to number</param>
internal sealed record Party(string Namespace, string Name, IReadOnlyDictionary<string, string> Labels, IPAddress[] Addresses, IReadOnlyDictionary<(string Name, string Protocol), int> Ports);

/// <summary>
/// What the documentation of NetworkPolicy says of one connection, rule by rule and without a thought for speed: written from
/// https://kubernetes.io/docs/concepts/services-networking/network-policies/ and the API reference, not from our code.
/// </summary>
/// <param name="policies">all there are</param>
/// <param name="namespaces">labels of every namespace</param>
internal sealed class PolicyOracle(IReadOnlyList<V1NetworkPolicy> policies, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> namespaces)
{
    /// <param name="from">who connects; the address of the family of <paramref name="v6"/> is used</param>
    /// <param name="to">who is connected to, by its own port</param>
    /// <param name="protocol">TCP, UDP or SCTP</param>
    /// <param name="port">of <paramref name="to"/> itself</param>
    /// <param name="v6">over IPv6</param>
    /// <param name="isPod">false for what no policy can select</param>
    public bool Allows(Party from, Party to, string protocol, int port, bool v6, bool isPod = true)
    {
        // "A pod cannot block access to itself."
        if (ReferenceEquals(from, to))
            return true;
        var leaving = policies.Where(p => Selects(p, from) && Types(p).Contains("Egress")).ToArray();
        var entering = policies.Where(p => isPod && Selects(p, to) && Types(p).Contains("Ingress")).ToArray();
        return (leaving.Length == 0 || leaving.Any(p => (p.Spec.Egress ?? []).Any(r => Matches(p, r.To, r.Ports, to, to, protocol, port, v6))))
            && (entering.Length == 0 || entering.Any(p => (p.Spec.Ingress ?? []).Any(r => Matches(p, r.FromProperty, r.Ports, from, to, protocol, port, v6))));
    }

    private static IEnumerable<string> Types(V1NetworkPolicy policy) =>
        policy.Spec.PolicyTypes is { Count: > 0 } said ? said : policy.Spec.Egress is not { Count: > 0 } ? ["Ingress"] : ["Ingress", "Egress"];

    private static bool Selects(V1NetworkPolicy policy, Party pod) => policy.Metadata.NamespaceProperty == pod.Namespace && Matches(policy.Spec.PodSelector, pod.Labels);

    private bool Matches(V1NetworkPolicy policy, IList<V1NetworkPolicyPeer>? peers, IList<V1NetworkPolicyPort>? ports, Party peer, Party target, string protocol, int port, bool v6) =>
        (peers is not { Count: > 0 } || peers.Any(p => Matches(policy, p, peer, v6))) && (ports is not { Count: > 0 } || ports.Any(p => Matches(p, target, protocol, port)));

    private bool Matches(V1NetworkPolicy policy, V1NetworkPolicyPeer peer, Party party, bool v6)
    {
        if (peer.IpBlock is { } block)
        {
            var address = party.Addresses.First(a => a.AddressFamily == (v6 ? System.Net.Sockets.AddressFamily.InterNetworkV6 : System.Net.Sockets.AddressFamily.InterNetwork));
            return Contains(block.Cidr, address) && !(block.Except ?? []).Any(e => Contains(e, address));
        }
        var space = peer.NamespaceSelector is null ? party.Namespace == policy.Metadata.NamespaceProperty : Matches(peer.NamespaceSelector, namespaces[party.Namespace]);
        return space && (peer.PodSelector is null || Matches(peer.PodSelector, party.Labels));
    }

    private static bool Matches(V1NetworkPolicyPort rule, Party target, string protocol, int port)
    {
        if ((rule.Protocol ?? "TCP") != protocol)
            return false;
        if (rule.Port is null)
            return true;
        return int.TryParse(rule.Port.Value, out var number)
            ? rule.EndPort is { } last ? number <= port && port <= last : number == port
            : target.Ports.TryGetValue((rule.Port.Value, protocol), out var named) && named == port;
    }

    private static bool Matches(V1LabelSelector selector, IReadOnlyDictionary<string, string> labels) =>
        (selector.MatchLabels ?? new Dictionary<string, string>()).All(l => labels.TryGetValue(l.Key, out var value) && value == l.Value)
        && (selector.MatchExpressions ?? []).All(e => e.OperatorProperty switch
        {
            "In" => labels.TryGetValue(e.Key, out var value) && e.Values.Contains(value),
            "NotIn" => !labels.TryGetValue(e.Key, out var value) || !e.Values.Contains(value),
            "Exists" => labels.ContainsKey(e.Key),
            _ => !labels.ContainsKey(e.Key),
        });

    private static bool Contains(string cidr, IPAddress address) => IPNetwork.Parse(cidr) is var network && network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address);
}
