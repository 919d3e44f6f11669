using System.Collections.Immutable;
using System.Text.Json;

namespace Vitrine.Model.Snapshot;

/// <summary>
/// ClusterNetworkPolicies, which the client has no models of → the records of a snapshot. A peer or port of a sort that is not known closes, as the API asks for:
/// it adds nothing to an Accept, and makes of a Deny or Pass a Deny of everybody.
/// </summary>
public static class ClusterPolicyReader
{
    public static ClusterNetworkPolicy Read(JsonElement value)
    {
        var (metadata, spec) = (value.Part("metadata"), value.Part("spec"));
        var subject = spec.Part("subject");
        var pods = subject.Part("pods");
        return new ClusterNetworkPolicy
        {
            Name = metadata.Text("name"),
            Uid = metadata.Text("uid"),
            Baseline = spec.Text("tier") == "Baseline",
            Priority = (int)Math.Clamp(spec.Number("priority") ?? 0, 0, 1000),
            Namespaces = Selector(subject.Has("namespaces") ? subject.Part("namespaces") : pods.Part("namespaceSelector")),
            Pods = Selector(pods.Part("podSelector")),
            Ingress = [.. spec.Items("ingress").Select(r => Rule(r, "from"))],
            Egress = [.. spec.Items("egress").Select(r => Rule(r, "to"))],
        };
    }

    /// <summary>A LabelSelector; an absent one selects everything.</summary>
    public static LabelSelector Selector(JsonElement value) => new(
    [
        .. (value.Part("matchLabels") is { ValueKind: JsonValueKind.Object } labels ? labels.EnumerateObject() : default(IEnumerable<JsonProperty>) ?? [])
            .Select(l => new LabelRequirement(l.Name, "In", [l.Value.ValueKind == JsonValueKind.String ? l.Value.GetString()! : ""])),
        .. value.Items("matchExpressions").Select(e => new LabelRequirement(e.Text("key"), e.Text("operator"), [.. e.Texts("values")])),
    ]);

    private static PolicyRule Rule(JsonElement rule, string side)
    {
        PolicyPeer?[] peers = [.. rule.Items(side).SelectMany(Peers)];
        var action = rule.Text("action") switch { "Accept" => PolicyAction.Accept, "Pass" => PolicyAction.Pass, _ => PolicyAction.Deny };
        PolicyPort?[] ports = [.. rule.Items("protocols").Select(Port)];
        var closes = action != PolicyAction.Accept && (peers.Length == 0 || peers.Contains(null) || ports.Contains(null));
        return new PolicyRule
        {
            Name = rule.Text("name"),
            Action = closes ? PolicyAction.Deny : action,
            Everybody = closes,
            Peers = closes ? [] : [.. peers.OfType<PolicyPeer>()],
            EveryPort = ports.Length == 0 || closes,
            Ports = closes ? [] : [.. ports.OfType<PolicyPort>()],
        };
    }

    private static IEnumerable<PolicyPeer?> Peers(JsonElement peer)
    {
        if (peer.Has("namespaces"))
            return [new PolicyPeer { Namespaces = Selector(peer.Part("namespaces")), Pods = LabelSelector.Everything }];
        if (peer.Part("pods") is { ValueKind: JsonValueKind.Object } pods)
            return [new PolicyPeer { Namespaces = Selector(pods.Part("namespaceSelector")), Pods = Selector(pods.Part("podSelector")) }];
        if (peer.Has("nodes"))
            return [new PolicyPeer { Nodes = Selector(peer.Part("nodes")) }];
        return peer.Texts("networks").Select(n => PolicyReader.Range(n) is { } range ? new PolicyPeer { Block = range } : null).DefaultIfEmpty(null);
    }

    private static PolicyPort? Port(JsonElement protocol)
    {
        if (protocol.Text("destinationNamedPort") is { Length: > 0 } name)
            return new PolicyPort("", name, 0, 0);
        foreach (var transport in (string[])["tcp", "udp", "sctp"])
            if (protocol.Part(transport) is { ValueKind: JsonValueKind.Object } one)
            {
                var port = one.Part("destinationPort");
                var (first, last) = port.Number("number") is { } number ? (number, number) : (port.Part("range").Number("start"), port.Part("range").Number("end"));
                return !one.Has("destinationPort") ? PolicyPort.All(transport.ToUpperInvariant())
                    : first is >= 1 && last >= first && last <= ushort.MaxValue ? new PolicyPort(transport.ToUpperInvariant(), "", (int)first, (int)last) : null;
            }
        return null;
    }
}
