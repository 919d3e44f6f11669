using System.Net.Sockets;
using System.Text.Json.Nodes;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Policies;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Explain.Policies;

/// <summary>The smallest rule that lets a refused connection pass, and where to write it.</summary>
/// <param name="Fix">in words, with the rule as YAML</param>
/// <param name="Command">a kubectl that writes it</param>
internal sealed record PolicyRemedy(string Fix, string Command)
{
    internal static PolicyRemedy Of(Scene scene, Refusal asked)
    {
        if (asked.Decision.Rules is [{ Kind: "ClusterNetworkPolicy" } denying, ..])
            return Before(scene, asked, denying);
        var policies = asked.Decision.Policies.Select(p => p.Split('/')).Where(p => p[0] == "NetworkPolicy").Select(p => scene.Snapshot.NetworkPolicies[$"{p[1]}/{p[2]}"]);
        // One that is about this very workload; a rule in one that is about more would open more.
        var fitting = policies.FirstOrDefault(p => !p.Pods.IsEmpty && p.Pods.Requirements.All(r => r.Operator == "In") && (Side(asked) == "ingress" ? p.Ingress : p.Egress) is { IsEmpty: false });
        return fitting is null ? Anew(scene, asked) : Into(scene, asked, fitting);
    }

    private static string Side(Refusal asked) => asked.Direction == PolicyDirection.Ingress ? "ingress" : "egress";

    private static PolicyRemedy Into(Scene scene, Refusal asked, NetworkPolicy policy)
    {
        var (side, rule) = (Side(asked), Rule(scene, asked));
        return new PolicyRemedy(
            $"add to spec.{side} of networkpolicy/{policy.Key}: {FlowYaml.Write(rule)}",
            $"kubectl patch networkpolicy {policy.Name} -n {policy.Namespace} --type=json -p '{new JsonArray(new JsonObject { ["op"] = "add", ["path"] = $"/spec/{side}/-", ["value"] = rule }).ToJsonString()}'");
    }

    private static PolicyRemedy Anew(Scene scene, Refusal asked)
    {
        var (side, pod) = (Side(asked), asked.At);
        var name = asked.Party(scene)?.Owner.Split('/')[^1] ?? $"{asked.Peer}".Replace('.', '-').Replace(':', '-').Trim('-');
        var (from, to) = asked.Direction == PolicyDirection.Ingress ? (name, pod.Name) : (pod.Name, name);
        var spec = new JsonObject { ["podSelector"] = Selector(LastingLabels.Of(pod.Labels)), ["policyTypes"] = new JsonArray(asked.Direction.ToString()), [side] = new JsonArray(Rule(scene, asked)) };
        var called = $"{from}-to-{to}";
        called = called.Length > 250 ? called[..250].TrimEnd('-', '.') : called;
        // Applied to a policy that is there, it would take its place.
        while (scene.Snapshot.NetworkPolicies.ContainsKey($"{pod.Namespace}/{called}"))
            called += "-2";
        var policy = new JsonObject
        {
            ["apiVersion"] = "networking.k8s.io/v1", ["kind"] = "NetworkPolicy", ["metadata"] = new JsonObject { ["name"] = called, ["namespace"] = pod.Namespace }, ["spec"] = spec,
        };
        return new PolicyRemedy($"apply a NetworkPolicy in {pod.Namespace} with spec: {FlowYaml.Write(spec)}", $"echo '{policy.ToJsonString()}' | kubectl apply -f -");
    }

    /// <summary>An Accept before the rule that denies.</summary>
    private static PolicyRemedy Before(Scene scene, Refusal asked, RuleSource denying)
    {
        var rule = new JsonObject { ["action"] = "Accept", [asked.Direction == PolicyDirection.Ingress ? "from" : "to"] = new JsonArray(ClusterPeer(scene, asked)) };
        if (asked.Protocol is { } protocol)
            rule["protocols"] = new JsonArray(new JsonObject { [protocol.ToLowerInvariant()] = new JsonObject { ["destinationPort"] = new JsonObject { ["number"] = asked.Packet.Port } } });
        var path = $"/{denying.Field.Replace('.', '/').Replace("[", "/", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)}";
        return new PolicyRemedy(
            $"put before {denying.Field} of {denying.Object}: {FlowYaml.Write(rule)}",
            $"kubectl patch clusternetworkpolicy {denying.Name} --type=json -p '{new JsonArray(new JsonObject { ["op"] = "add", ["path"] = path, ["value"] = rule }).ToJsonString()}'");
    }

    private static JsonObject Rule(Scene scene, Refusal asked)
    {
        var rule = new JsonObject { [asked.Direction == PolicyDirection.Ingress ? "from" : "to"] = new JsonArray(Peer(scene, asked)) };
        if (asked.Protocol is { } protocol)
            rule["ports"] = new JsonArray(new JsonObject { ["protocol"] = protocol, ["port"] = asked.Packet.Port });
        return rule;
    }

    private static JsonObject Peer(Scene scene, Refusal asked)
    {
        if (asked.Party(scene) is not { } party)
            return new JsonObject { ["ipBlock"] = new JsonObject { ["cidr"] = Alone(asked) } };
        var peer = new JsonObject { ["podSelector"] = Selector(Telling(party)) };
        if (party.Namespace != asked.At.Namespace)
            peer["namespaceSelector"] = Namespace(party);
        return peer;
    }

    private static JsonObject ClusterPeer(Scene scene, Refusal asked) => asked.Party(scene) is { } party
        ? new JsonObject { ["pods"] = new JsonObject { ["namespaceSelector"] = Namespace(party), ["podSelector"] = Selector(Telling(party)) } }
        : new JsonObject { ["networks"] = new JsonArray(Alone(asked)) };

    /// <summary>By which labels a party is meant. The cluster's DNS is known by one, everywhere.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Telling(Party party) =>
        !party.IsPod && party.Labels.TryGetValue("k8s-app", out var app) ? [new("k8s-app", app)] : LastingLabels.Of(party.Labels);

    private static JsonObject Namespace(Party party) => Selector([new("kubernetes.io/metadata.name", party.Namespace)]);

    private static string Alone(Refusal asked) => $"{asked.Peer}/{(asked.Peer.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32)}";

    private static JsonObject Selector(IEnumerable<KeyValuePair<string, string>> labels)
    {
        JsonObject all = new(labels.Select(l => new KeyValuePair<string, JsonNode?>(l.Key, l.Value)));
        return all.Count == 0 ? [] : new JsonObject { ["matchLabels"] = all };
    }
}
