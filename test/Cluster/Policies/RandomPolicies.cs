using k8s.Models;

namespace Vitrine.Cluster.Policies;

/// <summary>Policies nobody would think of, from a seed.</summary>
internal sealed class RandomPolicies(int seed, IReadOnlyList<Party> pods)
{
    private static readonly string[] Spaces = ["x", "y", "z"], Names = ["a", "b", "c"];
    private readonly Random random = new(seed);

    /// <summary>Three policies in the namespaces of the pods.</summary>
    public V1NetworkPolicy[] Next(string prefix) => [.. Enumerable.Range(0, 3).Select(i => One($"random-{i}", prefix))];

    private V1NetworkPolicy One(string name, string prefix)
    {
        var types = random.Next(4) switch { 0 => ["Ingress"], 1 => ["Egress"], 2 => new[] { "Ingress", "Egress" }, _ => null };
        return new V1NetworkPolicy
        {
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = prefix + Pick(Spaces) },
            Spec = new V1NetworkPolicySpec
            {
                PodSelector = Selector("pod", Names, "tier", ["front", "back"]),
                PolicyTypes = types,
                Ingress = types?.Contains("Ingress") == false ? null : Some(() => new V1NetworkPolicyIngressRule { FromProperty = Peers(), Ports = Ports() }),
                Egress = types?.Contains("Egress") == false || (types is null && random.Next(2) == 0) ? null : Some(() => new V1NetworkPolicyEgressRule { To = Peers(), Ports = Ports() }),
            },
        };
    }

    private List<V1NetworkPolicyPeer>? Peers() => random.Next(5) == 0 ? null : Some(Peer);

    private V1NetworkPolicyPeer Peer()
    {
        if (random.Next(4) == 0)
            return new V1NetworkPolicyPeer { IpBlock = Block() };
        var (space, pod) = random.Next(3) switch { 0 => (true, false), 1 => (false, true), _ => (true, true) };
        return new V1NetworkPolicyPeer
        {
            NamespaceSelector = space ? Selector("team", Spaces, "team", Spaces) : null,
            PodSelector = pod ? Selector("pod", Names, "tier", ["front", "back"]) : null,
        };
    }

    private V1IPBlock Block()
    {
        var (near, far) = (Pick(pods).Addresses, Pick(pods).Addresses);
        return random.Next(5) switch
        {
            0 => new V1IPBlock { Cidr = "0.0.0.0/0", Except = [$"{near[0]}/32", $"{far[0]}/32"] },
            1 => new V1IPBlock { Cidr = "::/0", Except = [$"{near[1]}/128"] },
            2 => new V1IPBlock { Cidr = $"{near[0]}/32" },
            3 => new V1IPBlock { Cidr = $"{near[1]}/128" },
            _ => new V1IPBlock { Cidr = $"{Masked(near[0].GetAddressBytes(), 28)}/28", Except = [$"{near[0]}/32"] },
        };
    }

    private List<V1NetworkPolicyPort>? Ports() => random.Next(3) == 0 ? null : Some(() => random.Next(6) switch
    {
        0 => new V1NetworkPolicyPort { Port = "web" },
        1 => new V1NetworkPolicyPort { Port = "web", Protocol = "UDP" },
        2 => new V1NetworkPolicyPort { Protocol = Pick(["TCP", "UDP", "SCTP"]) },
        3 => new V1NetworkPolicyPort { Port = 80, EndPort = random.Next(80, 90), Protocol = Pick(["TCP", "UDP", "SCTP"]) },
        _ => new V1NetworkPolicyPort { Port = Pick([80, 81, 53]), Protocol = Pick([null, "TCP", "UDP", "SCTP"]) },
    });

    private V1LabelSelector Selector(string key, string[] values, string other, string[] others) => random.Next(6) switch
    {
        0 => new V1LabelSelector(),
        1 or 2 => new V1LabelSelector { MatchLabels = new Dictionary<string, string> { [key] = Pick(values) } },
        3 => new V1LabelSelector { MatchExpressions = [new V1LabelSelectorRequirement { Key = key, OperatorProperty = "In", Values = [Pick(values), Pick(values)] }] },
        4 => new V1LabelSelector { MatchExpressions = [new V1LabelSelectorRequirement { Key = key, OperatorProperty = "NotIn", Values = [Pick(values)] }, new V1LabelSelectorRequirement { Key = other, OperatorProperty = "Exists" }] },
        _ => new V1LabelSelector
        {
            MatchLabels = new Dictionary<string, string> { [other] = Pick(others) },
            MatchExpressions = [new V1LabelSelectorRequirement { Key = "nobody-has-it", OperatorProperty = "DoesNotExist" }],
        },
    };

    private List<T> Some<T>(Func<T> one) => [.. Enumerable.Range(0, random.Next(3)).Select(_ => one())];

    private T Pick<T>(IReadOnlyList<T> all) => all[random.Next(all.Count)];

    private static System.Net.IPAddress Masked(byte[] address, int prefix)
    {
        for (var bit = prefix; bit < address.Length * 8; bit++)
            address[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new System.Net.IPAddress(address);
    }
}
