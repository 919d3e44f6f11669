using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Linux.Nft;

namespace Vitrine.Dataplane.Apply.Policies;

/// <summary>The sets of one address family, and the fields its rules look at.</summary>
internal sealed class PolicyFamily
{
    private readonly NftTable table;

    public PolicyFamily(NftTable table, AddressFamily family)
    {
        this.table = table;
        var v6 = family == AddressFamily.InterNetworkV6;
        Family = family;
        Suffix = v6 ? "6" : "4";
        Address = v6 ? NftType.Ip6Address : NftType.Ip4Address;
        Source = v6 ? NftField.Ip6Source : NftField.Ip4Source;
        Destination = v6 ? NftField.Ip6Destination : NftField.Ip4Destination;
        OwnPods = new NftSet(table, $"own-pods-{Suffix}", [Address]) { Interval = true };
        Self = new NftSet(table, $"self-{Suffix}", [NftType.InterfaceName, Address, Address]);
        FromPods = Verdicts("from-pods");
        ToPods = Verdicts("to-pods");
        AnswersFromPods = Verdicts("answers-from-pods");
        AnswersToPods = Verdicts("answers-to-pods");
    }

    public AddressFamily Family { get; }

    /// <summary>"4" or "6": ends the names of what is of one family.</summary>
    public string Suffix { get; }

    public NftType Address { get; }

    public NftField Source { get; }

    public NftField Destination { get; }

    /// <summary>This node's pod ranges: who has an address of them and is in no map below is closed.</summary>
    public NftSet OwnPods { get; }

    /// <summary>Each pod's link, and its address twice: what a pod sends to itself by a Service comes back to it.</summary>
    public NftSet Self { get; }

    /// <summary>Link and address of a pod → what it may open.</summary>
    public NftSet FromPods { get; }

    /// <summary>→ who may open connections to it.</summary>
    public NftSet ToPods { get; }

    /// <summary>→ whom it may answer: those who may open connections to it.</summary>
    public NftSet AnswersFromPods { get; }

    /// <summary>→ who may answer it: those to whom it may open them.</summary>
    public NftSet AnswersToPods { get; }

    public ImmutableArray<NftSet> All => [OwnPods, Self, FromPods, ToPods, AnswersFromPods, AnswersToPods];

    public bool Has(IPAddress address) => address.AddressFamily == Family;

    /// <summary>Peers by their labels.</summary>
    public NftSet Peers(string group, string comment) => new(table, $"{group}-{Suffix}", [Address]) { Comment = comment };

    /// <summary>Peers by ranges of addresses.</summary>
    public NftSet Blocks(string group, string comment) => new(table, $"{group}-blocks-{Suffix}", [Address]) { Interval = true, Comment = comment };

    private NftSet Verdicts(string name) => new(table, $"{name}-{Suffix}", [NftType.InterfaceName, Address]) { ToVerdicts = true };
}
