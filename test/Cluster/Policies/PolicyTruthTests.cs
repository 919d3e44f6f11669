using System.Text.Json;
using k8s;
using k8s.Models;
using Xunit;

namespace Vitrine.Cluster.Policies;

/// <summary>
/// What policies say, what is enforced and what is predicted are the same: nine pods in three namespaces, every pair of them by pod address, Service address
/// and name, over TCP, UDP and SCTP, IPv4 and IPv6, all on one node and spread over three.
/// </summary>
public sealed class PolicyTruthTests(ThreeNodes cluster)
{
    private const int Rounds = 34;
    private static readonly TimeSpan Enforced = TimeSpan.FromMilliseconds(500);

    [Fact]
    public async Task Generated_policies_are_enforced_as_the_documentation_says()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("VITRINE_SEED"), out var given) ? given : Environment.TickCount;
        using var near = await PolicyTown.BuildAsync(cluster, "near-", "node-2");
        using var far = await PolicyTown.BuildAsync(cluster, "far-", "node-1", "node-2", "node-3");
        var (allowed, denied) = (0, 0);
        var generators = new[] { (Town: near, Prefix: "near-", Random: new RandomPolicies(seed, near.Pods)), (Town: far, Prefix: "far-", Random: new RandomPolicies(seed + 1, far.Pods)) };
        for (var round = 0; round < Rounds; round++)
        {
            var policies = generators.Select(g => g.Random.Next(g.Prefix)).ToArray();
            await ReplaceAsync([.. policies.SelectMany(p => p)], near, far);
            var results = await Task.WhenAll(generators.Select((g, i) => CheckAsync(g.Town, policies[i], $"seed {seed}, round {round}")));
            await Task.WhenAll(generators.Select((g, i) => ExplainedAsync(g.Town, policies[i], $"seed {seed}, round {round}")));
            await PredictedAsync($"seed {seed}, round {round}", [.. policies.SelectMany(p => p)], near, far);
            allowed += results.Sum(r => r.Allowed);
            denied += results.Sum(r => r.Denied);
        }
        // Neither everything nor nothing, else this proves little.
        Assert.True(allowed > 5000 && denied > 5000, $"{allowed} allowed, {denied} denied");
    }

    [Fact]
    public async Task The_classics_are_enforced_as_the_documentation_says()
    {
        using var town = await PolicyTown.BuildAsync(cluster, "classic-", "node-1", "node-2", "node-3");
        foreach (var (name, policies) in Classics(town))
        {
            await ReplaceAsync(policies, town);
            await CheckAsync(town, policies, name);
            await ExplainedAsync(town, policies, name);
            await PredictedAsync(name, policies, town);
        }
    }

    /// <summary>What people write first.</summary>
    private static IEnumerable<(string Name, V1NetworkPolicy[] Policies)> Classics(PolicyTown town)
    {
        var everyone = new V1LabelSelector();
        V1LabelSelector Team(string name) => new() { MatchLabels = new Dictionary<string, string> { ["team"] = name } };
        V1LabelSelector Pod(string name) => new() { MatchLabels = new Dictionary<string, string> { ["pod"] = name } };
        V1NetworkPolicy In(string ns, V1NetworkPolicySpec spec, string name = "classic") => new() { Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = $"classic-{ns}" }, Spec = spec };
        var dns = new V1NetworkPolicyEgressRule
        {
            To = [new V1NetworkPolicyPeer { NamespaceSelector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = "kube-system" } }, PodSelector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["k8s-app"] = "kube-dns" } } }],
            Ports = [new V1NetworkPolicyPort { Port = 53, Protocol = "UDP" }, new V1NetworkPolicyPort { Port = 53 }],
        };
        var address = town.Pods[4].Addresses;
        yield return ("no policy", []);
        yield return ("default deny of ingress", [In("x", new() { PodSelector = everyone, PolicyTypes = ["Ingress"] })]);
        yield return ("default deny of egress, names too", [In("x", new() { PodSelector = everyone, PolicyTypes = ["Egress"] })]);
        yield return ("default deny of all", [In("x", new() { PodSelector = everyone, PolicyTypes = ["Ingress", "Egress"] })]);
        yield return ("allow all on top of default deny", [In("x", new() { PodSelector = everyone, PolicyTypes = ["Ingress"] }), In("x", new() { PodSelector = everyone, Ingress = [new()] }, "all")]);
        yield return ("from one's own namespace", [In("x", new() { PodSelector = everyone, Ingress = [new() { FromProperty = [new() { PodSelector = everyone }] }] })]);
        yield return ("from a namespace", [In("x", new() { PodSelector = everyone, Ingress = [new() { FromProperty = [new() { NamespaceSelector = Team("y") }] }] })]);
        yield return ("from a pod of a namespace", [In("x", new() { PodSelector = Pod("a"), Ingress = [new() { FromProperty = [new() { NamespaceSelector = Team("y"), PodSelector = Pod("b") }] }] })]);
        yield return ("from a namespace, or from a pod here", [In("x", new() { PodSelector = Pod("a"), Ingress = [new() { FromProperty = [new() { NamespaceSelector = Team("y") }, new() { PodSelector = Pod("b") }] }] })]);
        yield return ("one port", [In("x", new() { PodSelector = everyone, Ingress = [new() { Ports = [new() { Port = 80 }] }] })]);
        yield return ("one port by UDP", [In("x", new() { PodSelector = everyone, Ingress = [new() { Ports = [new() { Port = 81, Protocol = "UDP" }] }] })]);
        yield return ("one port by SCTP", [In("x", new() { PodSelector = everyone, Ingress = [new() { Ports = [new() { Port = 81, Protocol = "SCTP" }] }] })]);
        yield return ("a named port that is another number in each pod", [In("x", new() { PodSelector = everyone, Ingress = [new() { Ports = [new() { Port = "web" }] }] })]);
        yield return ("egress to a named port", [In("x", new() { PodSelector = everyone, PolicyTypes = ["Egress"], Egress = [dns, new() { Ports = [new() { Port = "web" }] }] })]);
        yield return ("a range of ports", [In("x", new() { PodSelector = everyone, Ingress = [new() { Ports = [new() { Port = 81, EndPort = 90 }] }] })]);
        yield return ("a block of addresses with a hole", [In("x", new() { PodSelector = everyone, Ingress = [new() { FromProperty = [new() { IpBlock = new() { Cidr = "0.0.0.0/0", Except = [$"{address[0]}/32"] } }] }] })]);
        yield return ("a block of IPv6 addresses with a hole", [In("x", new() { PodSelector = everyone, Ingress = [new() { FromProperty = [new() { IpBlock = new() { Cidr = "::/0", Except = [$"{address[1]}/128"] } }] }] })]);
        yield return ("egress to a block", [In("x", new() { PodSelector = everyone, PolicyTypes = ["Egress"], Egress = [new() { To = [new() { IpBlock = new() { Cidr = $"{address[0]}/32" } }] }] })]);
        yield return ("egress to names alone", [In("x", new() { PodSelector = everyone, PolicyTypes = ["Egress"], Egress = [dns] })]);
        yield return ("egress to names and one namespace", [In("x", new() { PodSelector = everyone, PolicyTypes = ["Egress"], Egress = [dns, new() { To = [new() { NamespaceSelector = Team("z") }] }] })]);
        yield return ("both ends must agree", [In("x", new() { PodSelector = everyone, PolicyTypes = ["Egress"], Egress = [dns, new() { To = [new() { NamespaceSelector = Team("y") }] }] }), In("y", new() { PodSelector = Pod("a"), Ingress = [new() { FromProperty = [new() { NamespaceSelector = Team("z") }] }] }, "closed")]);
        yield return ("policies add up", [In("x", new() { PodSelector = everyone, Ingress = [new() { FromProperty = [new() { NamespaceSelector = Team("y") }], Ports = [new() { Port = 80 }] }] }), In("x", new() { PodSelector = Pod("a"), Ingress = [new() { FromProperty = [new() { NamespaceSelector = Team("z") }], Ports = [new() { Port = 81 }] }] }, "more")]);
        yield return ("expressions", [In("x", new() { PodSelector = new() { MatchExpressions = [new() { Key = "pod", OperatorProperty = "NotIn", Values = ["a"] }] }, Ingress = [new() { FromProperty = [new() { NamespaceSelector = new() { MatchExpressions = [new() { Key = "team", OperatorProperty = "In", Values = ["x", "z"] }] }, PodSelector = new() { MatchExpressions = [new() { Key = "tier", OperatorProperty = "Exists" }, new() { Key = "pod", OperatorProperty = "NotIn", Values = ["c"] }] } }] }] })]);
    }

    private async Task ReplaceAsync(V1NetworkPolicy[] policies, params PolicyTown[] towns)
    {
        using var client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.Kubeconfig));
        foreach (var ns in towns.SelectMany(t => t.Namespaces.Keys).Where(n => n != "kube-system"))
            await client.NetworkingV1.DeleteCollectionNamespacedNetworkPolicyAsync(ns);
        foreach (var policy in policies)
            await client.NetworkingV1.CreateNamespacedNetworkPolicyAsync(policy, policy.Metadata.NamespaceProperty);
        await Task.Delay(Enforced);
    }

    /// <summary>What gets through though it must not is a fault at once; an answer that is missing is waited for once more, since the machine is small.</summary>
    private static async Task<(int Allowed, int Denied)> CheckAsync(PolicyTown town, V1NetworkPolicy[] policies, string about)
    {
        var oracle = new PolicyOracle(policies, town.Namespaces);
        var all = town.Tries().ToArray();
        var expected = all.Where(t => Expected(town, oracle, t)).ToHashSet();
        var answered = await town.AnsweredAsync(all);
        var missing = expected.Except(answered).ToArray();
        if (missing.Length > 0)
            answered.UnionWith(await town.AnsweredAsync(missing));
        var wrong = all.Where(t => expected.Contains(t) != answered.Contains(t)).ToArray();
        Assert.True(wrong.Length == 0, $"{about}: {wrong.Length} of {all.Length} differ, the first:\n{string.Join('\n', wrong.Take(12).Select(t => $"  {Text(town, t)}: {(expected.Contains(t) ? "allowed, and no answer" : "denied, and answered")}"))}\n{string.Join('\n', policies.Select(p => KubernetesJson.Serialize(p)))}");
        return (expected.Count, all.Length - expected.Count);
    }

    /// <summary>`vitrine explain` says the same of every try, and that a policy is at fault where it is denied.</summary>
    private async Task ExplainedAsync(PolicyTown town, V1NetworkPolicy[] policies, string about)
    {
        var oracle = new PolicyOracle(policies, town.Namespaces);
        foreach (var family in town.Tries().GroupBy(static t => t.Way is Way.Pod6 or Way.Service6 ? "ipv6" : "ipv4"))
        {
            var tries = family.ToArray();
            var questions = string.Join('\n', tries.Select(t => $"pod/{town.Pods[t.From].Namespace}/{town.Pods[t.From].Name} {Target(town.Pods[t.To], t)} {(Expected(town, oracle, t) ? "yes" : "no")}"));
            var said = await Shell.RunAsync(TestCluster.Vitrine, ["explain", "--questions", "-", "--name", cluster.Name, "--ip-family", family.Key, "-o", "json"], questions);
            var answers = said.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(answers.Length == tries.Length, said.All);
            var wrong = answers.Index().Where(a => !IsRight(tries[a.Index], JsonDocument.Parse(a.Item).RootElement)).ToArray();
            Assert.True(wrong.Length == 0, $"{about}: {wrong.Length} of {tries.Length} are explained wrongly, the first:\n{string.Join('\n', wrong.Take(5).Select(w => $"  {Text(town, tries[w.Index])}: {w.Item}"))}\n{string.Join('\n', policies.Select(p => KubernetesJson.Serialize(p)))}");
        }
    }

    /// <summary>What the policies let through arrives; but nobody listens by SCTP, and that is told.</summary>
    private static bool IsRight(Try attempt, JsonElement answer)
    {
        var dropped = Explain.Text(answer, "verdict") == "Dropped" && Explain.Text(answer, "culprit").StartsWith("networkpolicy/", StringComparison.Ordinal);
        return dropped != answer.GetProperty("expected").GetBoolean() && (answer.GetProperty("asExpected").GetBoolean() || (attempt.Protocol == "SCTP" && Explain.Text(answer, "verdict") == "Refused"));
    }

    private static string Target(Party to, Try attempt) =>
        $"{attempt.Way switch { Way.Name => $"{to.Name}.{to.Namespace}.svc.cluster.local", Way.Service or Way.Service6 => $"svc/{to.Namespace}/{to.Name}", _ => $"pod/{to.Namespace}/{to.Name}" }}:{attempt.Port}/{attempt.Protocol.ToLowerInvariant()}";

    /// <summary>`vitrine policy matrix` says the same of every pair and declared port, by their IPv4 addresses.</summary>
    private async Task PredictedAsync(string about, V1NetworkPolicy[] policies, params PolicyTown[] towns)
    {
        var said = await Shell.RunAsync(TestCluster.Vitrine, ["policy", "matrix", "--name", cluster.Name, "-o", "json"]);
        Assert.True(said.ExitCode == 0, said.All);
        var cells = JsonDocument.Parse(said.Output).RootElement.GetProperty("cells").EnumerateArray()
            .ToDictionary(c => (c.GetProperty("from").GetString()!, c.GetProperty("to").GetString()!, c.GetProperty("port").GetString()!), c => c.GetProperty("allowed").GetString()!);
        foreach (var town in towns)
        {
            var oracle = new PolicyOracle(policies, town.Namespaces);
            foreach (var attempt in town.Tries().Where(t => t.Way == Way.Pod))
            {
                var (from, to) = (town.Pods[attempt.From], town.Pods[attempt.To]);
                var cell = cells[($"{from.Namespace}/{from.Name}", $"{to.Namespace}/{to.Name}", $"{attempt.Protocol.ToLowerInvariant()} {attempt.Port}")];
                Assert.True(cell == (oracle.Allows(from, to, attempt.Protocol, attempt.Port, v6: false) ? "yes" : "no"), $"{about}: predicted {cell}, {Text(town, attempt)}\n{string.Join('\n', policies.Select(p => KubernetesJson.Serialize(p)))}");
            }
        }
    }

    private static bool Expected(PolicyTown town, PolicyOracle oracle, Try attempt)
    {
        var (from, to) = (town.Pods[attempt.From], town.Pods[attempt.To]);
        return oracle.Allows(from, to, attempt.Protocol, attempt.Port, attempt.Way is Way.Pod6 or Way.Service6)
            && (attempt.Way != Way.Name || oracle.Allows(from, town.Dns, "UDP", 53, v6: false, isPod: false));
    }

    private static string Text(PolicyTown town, Try attempt) =>
        $"{town.Pods[attempt.From].Namespace}/{town.Pods[attempt.From].Name} ({string.Join(' ', (object[])town.Pods[attempt.From].Addresses)}) → {town.Pods[attempt.To].Namespace}/{town.Pods[attempt.To].Name} ({string.Join(' ', (object[])town.Pods[attempt.To].Addresses)}) {attempt.Protocol} {attempt.Port} by {attempt.Way}";
}
