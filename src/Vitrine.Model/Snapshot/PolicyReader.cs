using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using k8s.Models;

namespace Vitrine.Model.Snapshot;

/// <summary>
/// NetworkPolicies of the client → the records of a snapshot. Whatever the API should have refused allows nothing: a peer or port that cannot be read is left
/// out, and its rule is never wider for it.
/// </summary>
public static class PolicyReader
{
    public static NetworkPolicy Read(V1NetworkPolicy policy)
    {
        var spec = policy.Spec;
        var types = spec?.PolicyTypes is { Count: > 0 } named ? named : spec?.Egress is { Count: > 0 } ? ["Ingress", "Egress"] : ["Ingress"];
        return new NetworkPolicy
        {
            Namespace = policy.Metadata.NamespaceProperty,
            Name = policy.Metadata.Name,
            Uid = policy.Metadata.Uid ?? "",
            Pods = LabelSelector.Read(spec?.PodSelector) ?? LabelSelector.Everything,
            Ingress = types.Contains("Ingress") ? [.. (spec?.Ingress ?? []).Select(r => Rule(r?.FromProperty, r?.Ports))] : null,
            Egress = types.Contains("Egress") ? [.. (spec?.Egress ?? []).Select(r => Rule(r?.To, r?.Ports))] : null,
        };
    }

    /// <summary>Host bits are cleared, as older clusters accept them; null for what is no range.</summary>
    public static IPNetwork? Range(string? text)
    {
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        return slash > 0 && IPAddress.TryParse(text.AsSpan(0, slash), out var address) && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            && length <= address.GetAddressBytes().Length * 8
            ? Subnets.Around(address, length)
            : null;
    }

    private static PolicyRule Rule(IList<V1NetworkPolicyPeer>? peers, IList<V1NetworkPolicyPort>? ports) => new()
    {
        Everybody = peers is not { Count: > 0 },
        Peers = [.. (peers ?? []).Select(Peer).OfType<PolicyPeer>()],
        EveryPort = ports is not { Count: > 0 },
        Ports = [.. (ports ?? []).Select(Port).OfType<PolicyPort>()],
    };

    private static PolicyPeer? Peer(V1NetworkPolicyPeer? peer) => peer switch
    {
        { IpBlock: { } block } => Range(block.Cidr) is { } range && (block.Except ?? []).Select(Range).ToArray() is var except && Array.TrueForAll(except, e => e is not null)
            ? new PolicyPeer { Block = range, Except = [.. except.Select(e => e!.Value)] }
            : null,
        { NamespaceSelector: not null } or { PodSelector: not null } =>
            new PolicyPeer { Namespaces = LabelSelector.Read(peer.NamespaceSelector), Pods = LabelSelector.Read(peer.PodSelector) ?? LabelSelector.Everything },
        _ => null,
    };

    private static PolicyPort? Port(V1NetworkPolicyPort? port)
    {
        var protocol = port?.Protocol is { Length: > 0 } said ? said : "TCP";
        if (port is null)
            return null;
        if (port.Port?.Value is not { Length: > 0 } text)
            return PolicyPort.All(protocol);
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return new PolicyPort(protocol, text, 0, 0);
        var last = port.EndPort ?? number;
        return number is >= 1 and <= ushort.MaxValue && last >= number && last <= ushort.MaxValue ? new PolicyPort(protocol, "", number, last) : null;
    }
}
