using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using k8s;
using k8s.Models;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Validation;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Policies;
using Vitrine.Model.Snapshot;

namespace Vitrine.Fuzz;

/// <summary>Policies of both kinds, whatever they say, valid or not: the plan is made, it is the same step by step, and a wall beside them stays closed where they allow nothing.</summary>
internal static class PolicyFuzz
{
    private static readonly IPAddress Stranger = IPAddress.Parse("203.0.113.9");

    private static readonly ClusterSnapshot Town = ClusterSnapshot.Empty with
    {
        Pods = new[] { Pod("a", "10.0.0.1"), Pod("b", "fd00::2") }.ToImmutableDictionary(p => p.Key),
        NetworkPolicies = ImmutableDictionary<string, NetworkPolicy>.Empty.Add("d/wall", new NetworkPolicy { Namespace = "d", Name = "wall", Uid = "", Pods = LabelSelector.Everything, Ingress = [], Egress = [] }),
    };

    public static string[] Seeds { get; } =
    [
        """{"metadata":{"name":"p","namespace":"d"},"spec":{"podSelector":{"matchLabels":{"app":"a"}},"policyTypes":["Ingress"],"ingress":[{"from":[{"podSelector":{}},{"namespaceSelector":{"matchExpressions":[{"key":"k","operator":"NotIn","values":["v"]}]}}],"ports":[{"port":"http"},{"port":80,"endPort":90,"protocol":"UDP"}]}]}}""",
        """{"metadata":{"name":"p","namespace":"d"},"spec":{"egress":[{"to":[{"ipBlock":{"cidr":"10.0.0.0/8","except":["10.1.0.0/16","10.0.0.0/9"]}},{"ipBlock":{"cidr":"::/0","except":["fd00::/8"]}}],"ports":[{"protocol":"SCTP"}]}]}}""",
        """{"metadata":{"name":"c"},"spec":{"tier":"Admin","priority":1,"subject":{"pods":{"podSelector":{"matchLabels":{"app":"a"}}}},"ingress":[{"action":"Pass","from":[{"namespaces":{}}],"protocols":[{"destinationNamedPort":"http"}]}],"egress":[{"action":"Deny","to":[{"networks":["0.0.0.0/1","::/127"]},{"nodes":{}}],"protocols":[{"tcp":{"destinationPort":{"range":{"start":1,"end":65535}}}}]}]}}""",
        """{"metadata":{"name":"c"},"spec":{"tier":"Baseline","priority":0,"subject":{"namespaces":{}},"ingress":[{"action":"Accept","from":[{"other":{}}],"protocols":[{"udp":{"destinationPort":{"number":53}}}]}]}}""",
    ];

    public static void Parse(byte[] input)
    {
        foreach (var kind in (Kind[])[NetworkingKinds.NetworkPolicy, PolicyKinds.ClusterNetworkPolicy])
        {
            try
            {
                var value = ObjectDecoder.Decode(input, "application/json", kind, FieldValidation.Ignore, []);
                // The API gives every object a name.
                value.Ensure("metadata");
                Judge(With(kind, value.ToJsonString()));
                kind.Default(value);
                ObjectValidator.Validate(kind, value, null);
                Judge(With(kind, value.ToJsonString()));
            }
            catch (ApiException)
            {
                // It never gets as far.
            }
        }
    }

    private static ClusterSnapshot With(Kind kind, string json)
    {
        if (kind == NetworkingKinds.NetworkPolicy)
            return Town with { NetworkPolicies = Town.NetworkPolicies.SetItem("d/odd", PolicyReader.Read(KubernetesJson.Deserialize<V1NetworkPolicy>(json)) with { Namespace = "d", Name = "odd" }) };
        using var document = JsonDocument.Parse(json);
        return Town with { ClusterNetworkPolicies = Town.ClusterNetworkPolicies.SetItem("odd", ClusterPolicyReader.Read(document.RootElement) with { Name = "odd" }) };
    }

    private static void Judge(ClusterSnapshot snapshot)
    {
        var plan = PolicyPlan.Compile(snapshot, "n");
        if (PolicyPlan.Compile(snapshot, "n", PolicyPlan.Compile(Town, "n")).ToString() != plan.ToString())
            throw new InvalidOperationException($"step by step it is another plan than\n{plan}");
        foreach (var pod in plan.Pods.Values)
            foreach (var direction in Enum.GetValues<PolicyDirection>())
                foreach (var (protocol, port) in (ReadOnlySpan<(byte, int)>)[(6, 80), (17, 53), (1, 0)])
                    if (plan.Decide(pod.Pod, direction, Stranger, protocol, port) is { Allowed: true, Rules.IsEmpty: true })
                        throw new InvalidOperationException($"{direction} of {pod.Pod} is open and no rule opens it:\n{plan}");
    }

    private static Pod Pod(string name, string address) => new()
    {
        Namespace = "d", Name = name, Uid = name, NodeName = "n", SchedulerName = "", Requests = default, Labels = ImmutableDictionary<string, string>.Empty.Add("app", name),
        Addresses = [IPAddress.Parse(address)], Ports = [new PodPort("c", "http", 8080, "TCP", 0)],
    };
}
