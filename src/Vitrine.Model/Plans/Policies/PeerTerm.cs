using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Policies;

/// <summary>One of the alternatives a rule's peers are made of. Terms of one key mean the same.</summary>
/// <param name="Key">stable text, for people too</param>
internal sealed record PeerTerm(string Key)
{
    public static readonly PeerTerm Everybody = new(PeerGroup.EverybodyKey);
    private const string EveryPod = "pods of all namespaces";

    /// <summary>Pods of this namespace; else of those that <see cref="Namespaces"/> selects.</summary>
    public string? Namespace { get; private init; }

    public LabelSelector? Namespaces { get; private init; }

    public LabelSelector? Pods { get; private init; }

    public LabelSelector? Nodes { get; private init; }

    public ImmutableArray<AddressInterval> Blocks { get; private init; } = [];

    /// <summary>Only peers with a port of this name …</summary>
    public string PortName { get; private init; } = "";

    /// <summary>… of this protocol (0 for any) …</summary>
    public byte Protocol { get; private init; }

    /// <summary>… and of this number; 0 for any.</summary>
    public int Number { get; private init; }

    /// <summary>Every pod, whatever it is: other terms about pods add nothing to it.</summary>
    public bool IsEveryPod => Key == EveryPod;

    public bool IsOfPods => Pods is not null;

    /// <summary>Members are looked for among the parties.</summary>
    public bool HasMembers => Pods is not null || Nodes is not null || PortName.Length > 0;

    public static PeerTerm Of(PolicyPeer peer, string ns)
    {
        if (peer.Nodes is { } nodes)
            return new PeerTerm($"nodes{With(nodes)}") { Nodes = nodes };
        if (peer.Block is { } block)
            return new PeerTerm(peer.Except.IsEmpty ? $"{block}" : $"{block} except {string.Join(", ", peer.Except.Select(e => $"{e}").Distinct().Order(StringComparer.Ordinal))}") { Blocks = Intervals.Of(block, peer.Except) };
        var pods = peer.Pods ?? LabelSelector.Everything;
        return peer.Namespaces is { } namespaces
            ? new PeerTerm((namespaces.IsEmpty ? EveryPod : $"pods of namespaces{With(namespaces)}") + With(pods)) { Namespaces = namespaces, Pods = pods }
            : new PeerTerm($"pods of {ns}{With(pods)}") { Namespace = ns, Pods = pods };
    }

    /// <summary>Those of its peers that have a port of a name.</summary>
    public PeerTerm At(string port, byte protocol) => this with { Key = $"{Key} at {port}/{protocol}", PortName = port, Protocol = protocol };

    /// <summary>Of them those whose port has this number.</summary>
    public PeerTerm At(byte protocol, int number) => this with { Key = $"{Key}={protocol}:{number}", Protocol = protocol, Number = number };

    public bool Contains(IPAddress address, PartyIndex parties, ImmutableDictionary<string, Namespace> namespaces) =>
        Key == PeerGroup.EverybodyKey || (HasMembers ? Member(parties.At(address), address, namespaces) is not null : Intervals.Contains(Blocks, address));

    /// <summary>Who of an address' parties is meant, or null.</summary>
    public string? Member(IEnumerable<Party> at, IPAddress address, ImmutableDictionary<string, Namespace> namespaces)
    {
        foreach (var party in at)
            if (Selects(party, namespaces) && (Blocks.IsEmpty || Intervals.Contains(Blocks, address)))
                return party.Owner;
        return null;
    }

    /// <summary>By its labels and ports; blocks are for the address to say.</summary>
    public bool Selects(Party party, ImmutableDictionary<string, Namespace> namespaces) => (Nodes, party.IsNode) switch
    {
        ({ } nodes, true) => nodes.Matches(party.Labels) && HasPort(party),
        (null, false) => (Namespace is null || party.Namespace == Namespace) && (Namespaces is null or { IsEmpty: true } || Namespaces.Matches(LabelsOf(party.Namespace, namespaces)))
            && Pods?.Matches(party.Labels) != false && HasPort(party),
        _ => false,
    };

    /// <summary>Of a namespace nobody has seen yet its name is known.</summary>
    public static ImmutableDictionary<string, string> LabelsOf(string ns, ImmutableDictionary<string, Namespace> namespaces) =>
        namespaces.TryGetValue(ns, out var found) ? found.Labels : ImmutableDictionary<string, string>.Empty.Add("kubernetes.io/metadata.name", ns);

    private bool HasPort(Party party)
    {
        if (PortName.Length == 0)
            return true;
        foreach (var (_, number) in party.Named(PortName, Protocol))
            if (Number == 0 || Number == number)
                return true;
        return false;
    }

    private static string With(LabelSelector selector) => selector.IsEmpty ? "" : $" with {selector}";
}
