using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>
/// The schema of the custom resource ClusterNetworkPolicy and its CEL rules (policy.networking.k8s.io/v1alpha2, experimental channel). domainNames are refused:
/// nothing here follows what a name resolves to, and a rule that is kept and never holds would be worse.
/// </summary>
internal static class ClusterPolicyRules
{
    private const int MostRules = 25, MostName = 100;
    private const string One = "must have exactly one of: ";

    public static void Check(JsonObject policy, JsonObject? old, List<FieldCause> causes)
    {
        var spec = policy.Object("spec");
        if (causes.Require(spec, "spec", "tier"))
        {
            causes.OneOf(spec, "spec", "tier", "Admin", "Baseline");
        }
        if (!spec.Has("priority"))
        {
            causes.Add(Cause.Required("spec.priority"));
        }
        causes.Between(spec, "spec", "priority", 0, 1000);
        if (spec.Object("subject") is { } subject)
        {
            Selected(subject, "spec.subject", causes, "namespaces", "pods");
        }
        else
        {
            causes.Add(Cause.Required("spec.subject"));
        }
        foreach (var (field, side) in (ReadOnlySpan<(string, string)>)[("ingress", "from"), ("egress", "to")])
        {
            Few(spec.Array(field), $"spec.{field}", 0, causes);
            foreach (var (i, rule) in spec.Objects(field).Index())
            {
                Rule(rule, $"spec.{field}[{i}]", side, causes);
            }
        }
    }

    private static void Rule(JsonObject rule, string at, string side, List<FieldCause> causes)
    {
        if (rule.Text("name").Length > MostName)
        {
            causes.Add(Cause.TooLong($"{at}.name", MostName));
        }
        if (causes.Require(rule, at, "action"))
        {
            causes.OneOf(rule, at, "action", "Accept", "Deny", "Pass");
        }
        Few(rule.Array(side) ?? [], $"{at}.{side}", 1, causes);
        foreach (var (i, peer) in rule.Objects(side).Index())
        {
            Peer(peer, $"{at}.{side}[{i}]", side, causes);
        }
        Few(rule.Array("protocols"), $"{at}.protocols", 1, causes);
        foreach (var (i, protocol) in rule.Objects("protocols").Index())
        {
            Protocol(protocol, $"{at}.protocols[{i}]", causes);
        }
        if (rule.Objects("protocols").Any(static p => p.Has("destinationNamedPort")) && rule.Objects("to").Any(static p => p.Has("networks") || p.Has("nodes")))
        {
            causes.Add(Cause.Invalid(at, (JsonNode?)null, "networks/nodes/domainNames peer cannot be set with namedPorts since there are no namedPorts for networks/nodes/domainNames"));
        }
    }

    private static void Peer(JsonObject peer, string at, string side, List<FieldCause> causes)
    {
        if (peer.Has("domainNames"))
        {
            causes.Add(Cause.Forbidden($"{at}.domainNames", "names are not followed here; write `networks`"));
            return;
        }
        Selected(peer, at, causes, side == "to" ? ["namespaces", "pods", "nodes", "networks"] : ["namespaces", "pods"]);
        Few(peer.Array("networks"), $"{at}.networks", 1, causes);
        foreach (var (i, network) in (peer.Array("networks") ?? []).Index())
        {
            if (!AddressRules.IsRange(network.AsText() ?? ""))
            {
                causes.Add(Cause.Invalid($"{at}.networks[{i}]", network.AsText() ?? "", "Invalid CIDR format provided"));
            }
        }
    }

    /// <summary>One of some fields, and the selectors in it.</summary>
    private static void Selected(JsonObject value, string at, List<FieldCause> causes, params string[] fields)
    {
        if (fields.Count(f => value.Has(f)) != 1)
        {
            causes.Add(Cause.Invalid(at, value, One + string.Join(", ", fields)));
        }
        SelectorRules.Check(value.Object("namespaces"), $"{at}.namespaces", causes);
        SelectorRules.Check(value.Object("nodes"), $"{at}.nodes", causes);
        if (value.Object("pods") is not { } pods)
        {
            return;
        }
        SelectorRules.Check(pods.Object("namespaceSelector"), $"{at}.pods.namespaceSelector", causes);
        SelectorRules.Check(pods.Object("podSelector"), $"{at}.pods.podSelector", causes);
        if (!pods.Has("podSelector"))
        {
            causes.Add(Cause.Required($"{at}.pods.podSelector"));
        }
    }

    private static void Protocol(JsonObject protocol, string at, List<FieldCause> causes)
    {
        string[] kinds = ["tcp", "udp", "sctp", "destinationNamedPort"];
        if (kinds.Count(k => protocol.Has(k)) != 1)
        {
            causes.Add(Cause.Invalid(at, protocol, One + string.Join(", ", kinds)));
            return;
        }
        if (protocol.Has("destinationNamedPort"))
        {
            causes.Named($"{at}.destinationNamedPort", protocol.Text("destinationNamedPort"), Names.PortName);
            return;
        }
        var transport = Array.Find(kinds, protocol.Has)!;
        var port = protocol.Object(transport).Object("destinationPort");
        if (port is null)
        {
            causes.Add(Cause.Required($"{at}.{transport}.destinationPort"));
            return;
        }
        Port(port, $"{at}.{transport}.destinationPort", causes);
    }

    private static void Port(JsonObject port, string at, List<FieldCause> causes)
    {
        if (port.Has("number") == port.Has("range"))
        {
            causes.Add(Cause.Invalid(at, port, One + "number, range"));
            return;
        }
        causes.Between(port, at, "number", 1, 65535);
        if (port.Object("range") is not { } range)
        {
            return;
        }
        causes.Between(range, $"{at}.range", "start", 1, 65535);
        causes.Between(range, $"{at}.range", "end", 1, 65535);
        if (range.Number("start") is not { } start || range.Number("end") is not { } end || start >= end)
        {
            causes.Add(Cause.Invalid($"{at}.range", range, "Start port must be less than End port"));
        }
    }

    private static void Few(JsonArray? list, string at, int least, List<FieldCause> causes)
    {
        if (list is not null && (list.Count < least || list.Count > MostRules))
        {
            causes.Add(list.Count > MostRules ? Cause.TooMany(at, list.Count, MostRules) : Cause.Invalid(at, list.Count, $"must have at least {least} items"));
        }
    }
}
