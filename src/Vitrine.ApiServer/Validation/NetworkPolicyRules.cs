using System.Net;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>Source: ValidateNetworkPolicySpec, ValidateNetworkPolicyPeer, ValidateNetworkPolicyPort and ValidateIPBlock of pkg/apis/networking/validation.</summary>
internal static class NetworkPolicyRules
{
    internal const string NoRange = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
    private const string PortNumber = "must be between 1 and 65535, inclusive";

    public static void Check(JsonObject policy, JsonObject? old, List<FieldCause> causes)
    {
        var spec = policy.Object("spec");
        SelectorRules.Check(spec.Object("podSelector"), "spec.podSelector", causes);
        Rules(spec, "ingress", "from", causes);
        Rules(spec, "egress", "to", causes);
        var types = spec.Array("policyTypes") ?? [];
        if (types.Count > 2)
        {
            causes.Add(Cause.Invalid("spec.policyTypes", types, "may not specify more than two policyTypes"));
            return;
        }
        foreach (var (i, type) in types.Index())
        {
            if (type.AsText() is not ("Ingress" or "Egress"))
            {
                causes.Add(Cause.NotSupported($"spec.policyTypes[{i}]", type.AsText() ?? "", "Egress", "Ingress"));
            }
        }
    }

    private static void Rules(JsonObject? spec, string field, string side, List<FieldCause> causes)
    {
        foreach (var (i, rule) in spec.Objects(field).Index())
        {
            foreach (var (n, port) in rule.Objects("ports").Index())
            {
                Port(port, $"spec.{field}[{i}].ports[{n}]", causes);
            }
            foreach (var (n, peer) in rule.Objects(side).Index())
            {
                Peer(peer, $"spec.{field}[{i}].{side}[{n}]", causes);
            }
        }
    }

    private static void Port(JsonObject port, string at, List<FieldCause> causes)
    {
        causes.OneOf(port, at, "protocol", "SCTP", "TCP", "UDP");
        var end = port.Number("endPort");
        if (!port.Has("port"))
        {
            if (end is { } alone)
            {
                causes.Add(Cause.Invalid($"{at}.endPort", alone, "may not be specified when `port` is not specified"));
            }
            return;
        }
        if (port.Number("port") is not { } number)
        {
            if (end is { } named)
            {
                causes.Add(Cause.Invalid($"{at}.endPort", named, "may not be specified when `port` is non-numeric"));
            }
            causes.Named($"{at}.port", port.Text("port"), Names.PortName);
            return;
        }
        causes.Between(port, at, "port", 1, 65535);
        if (end < number)
        {
            causes.Add(Cause.Invalid($"{at}.endPort", number, "must be greater than or equal to `port`"));
        }
        if (end is not (null or (>= 1 and <= 65535)))
        {
            causes.Add(Cause.Invalid($"{at}.endPort", end.Value, PortNumber));
        }
    }

    private static void Peer(JsonObject peer, string at, List<FieldCause> causes)
    {
        var (pods, namespaces, block) = (peer.Object("podSelector"), peer.Object("namespaceSelector"), peer.Object("ipBlock"));
        if (pods is not null)
        {
            SelectorRules.Check(pods, $"{at}.podSelector", causes);
        }
        if (namespaces is not null)
        {
            SelectorRules.Check(namespaces, $"{at}.namespaceSelector", causes);
        }
        if (block is not null)
        {
            Block(block, $"{at}.ipBlock", causes);
        }
        if (pods is null && namespaces is null && block is null)
        {
            causes.Add(Cause.Required(at, "must specify a peer"));
        }
        else if (block is not null && (pods is not null || namespaces is not null))
        {
            causes.Add(Cause.Forbidden(at, "may not specify both ipBlock and another peer"));
        }
    }

    private static void Block(JsonObject block, string at, List<FieldCause> causes)
    {
        if (!causes.Require(block, at, "cidr"))
        {
            return;
        }
        if (Range($"{at}.cidr", block.Text("cidr"), causes) is not { } range)
        {
            return;
        }
        foreach (var (i, item) in (block.Array("except") ?? []).Index())
        {
            var (text, field) = (item.AsText() ?? "", $"{at}.except[{i}]");
            if (Range(field, text, causes) is { } except && (except.PrefixLength <= range.PrefixLength || !range.Contains(except.BaseAddress)))
            {
                causes.Add(Cause.Invalid(field, text, "must be a strict subset of `cidr`"));
            }
        }
    }

    /// <summary>Host bits may be set, as upstream leaves them in objects that always could have them.</summary>
    private static IPNetwork? Range(string field, string text, List<FieldCause> causes)
    {
        if (AddressRules.IsRange(text) && Vitrine.Model.Snapshot.PolicyReader.Range(text) is { } range)
        {
            return range;
        }
        causes.Add(Cause.Invalid(field, text, NoRange));
        return null;
    }
}
