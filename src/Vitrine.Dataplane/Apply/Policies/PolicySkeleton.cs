using System.Collections.Immutable;
using System.Net.Sockets;
using Vitrine.Linux.Nft;

namespace Vitrine.Dataplane.Apply.Policies;

/// <summary>
/// The constant part of the table. Pods are known by their link and address together, so that an address with a new owner is closed until the owner is known.
/// <code>
/// forward  1 errors of a connection, a pod and itself: pass   2 an answer: judged as what it answers   3 what the sender may open   4 who may open it to the receiver
/// input    as forward, for what pods send to their node; answers to the node pass
/// output   only what the gateway's proxy sends: everything else of a node reaches its own pods
/// </code>
/// No rule passes a packet for being of a connection: every packet of it is judged, by the way its first one went. So a policy that changes holds for what
/// is open already, with the next packet.
/// </summary>
internal sealed class PolicySkeleton
{
    public const string Name = "vitrine-policy", Unknown = "pods-not-known-yet";
    private const string Forward = "forward", Input = "input", Output = "output", FromPods = "from-pods", ToPods = "to-pods", Answers = "answers";
    private const string AnswersFromPods = "answers-from-pods", AnswersToPods = "answers-to-pods", NotKnown = "not-known";

    /// <summary>
    /// Behind the guard and the Services' leftovers, both at filter: what they drop or refuse is not counted as a policy's doing, and a Service without endpoints
    /// refuses as it does elsewhere. Addresses are then those of pods already (DNAT, -100), and clients still their own (masquerade, 100).
    /// </summary>
    private const int Priority = NftPriority.Filter + 10;

    private const byte RouterSolicitation = 133, Redirect = 137;

    /// <param name="ipv6">the kernel speaks IPv6; one without has no inet tables</param>
    public PolicySkeleton(bool ipv6)
    {
        Table = NodeTables.Table(Name, ipv6);
        Links = new NftSet(Table, "links", [NftType.InterfaceName]);
        Families = ipv6 ? [new PolicyFamily(Table, AddressFamily.InterNetwork), new PolicyFamily(Table, AddressFamily.InterNetworkV6)] : [new PolicyFamily(Table, AddressFamily.InterNetwork)];
    }

    public NftTable Table { get; }

    public ImmutableArray<PolicyFamily> Families { get; }

    /// <summary>Of pods that are known. What comes by one with another's address is a pod's attempt to be nobody: no map would find it, and no policy.</summary>
    public NftSet Links { get; }

    /// <summary>Without any element.</summary>
    public NftTableSpec Spec => new(Table)
    {
        Comment = "NetworkPolicies: who may talk to the pods of this node. In words: vitrine dataplane dump",
        Sets = [Links, .. Families.SelectMany(f => f.All)],
        Counters = [Unknown],
        Chains =
        [
            new NftChain(Table, Forward) { Hook = NftHook.Forward, Priority = Priority },
            new NftChain(Table, Input) { Hook = NftHook.Input, Priority = Priority },
            new NftChain(Table, Output) { Hook = NftHook.Output, Priority = Priority },
            .. new[] { FromPods, ToPods, Answers, AnswersFromPods, AnswersToPods, NotKnown }.Select(c => new NftChain(Table, c)),
        ],
        Rules =
        [
            Errors(Forward),
            .. Families.Select(f => Rule(Forward).In(f.Self.Name, NftField.InInterface, f.Source, f.Destination).Accept() with { Comment = "a pod and itself" }),
            Rule(Forward).CtReply().Goto(Answers),
            Rule(Forward).Jump(FromPods),
            Rule(Forward).Jump(ToPods),
            Errors(Input),
            .. Families.Where(f => f.Family == AddressFamily.InterNetworkV6)
                .Select(_ => Rule(Input).Between(NftField.Icmp6Type, NftValue.Byte(RouterSolicitation), NftValue.Byte(Redirect)).Accept() with { Comment = "neighbour discovery" }),
            Rule(Input).CtReply().Accept() with { Comment = "a node reaches its pods" },
            Rule(Input).Jump(FromPods),
            Errors(Output),
            Rule(Output).Is(NftField.SocketGroup, NftValue.Id(PolicyTables.GatewayGroup)).Jump(ToPods) with { Comment = "the gateway's proxy" },
            .. Judged(FromPods, NftField.InInterface, f => f.Source, f => f.FromPods),
            Rule(FromPods).In(Links.Name, NftField.InInterface).Goto(NotKnown),
            .. Judged(ToPods, NftField.OutInterface, f => f.Destination, f => f.ToPods),
            Rule(Answers).Jump(AnswersFromPods),
            Rule(Answers).Jump(AnswersToPods),
            .. Judged(AnswersFromPods, NftField.InInterface, f => f.Source, f => f.AnswersFromPods),
            Rule(AnswersFromPods).In(Links.Name, NftField.InInterface).Goto(NotKnown),
            .. Judged(AnswersToPods, NftField.OutInterface, f => f.Destination, f => f.AnswersToPods),
            Rule(NotKnown).CountIn(Unknown).Drop() with { Comment = "an address of this node's pods, or a pod's link, but no pod at this link that has it" },
        ],
    };

    private IEnumerable<NftRule> Judged(string chain, NftField link, Func<PolicyFamily, NftField> pod, Func<PolicyFamily, NftSet> map) =>
    [
        .. Families.Select(f => Rule(chain).VerdictFrom(map(f).Name, link, pod(f))),
        .. Families.Select(f => Rule(chain).In(f.OwnPods.Name, pod(f)).Goto(NotKnown)),
    ];

    private NftRule Errors(string chain) => Rule(chain).CtStateIn(NftCtState.Related).Accept() with { Comment = "errors of a connection" };

    private NftRule Rule(string chain) => new(Table, chain);
}
