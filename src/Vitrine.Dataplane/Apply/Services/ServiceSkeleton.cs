using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Linux.Nft;

namespace Vitrine.Dataplane.Apply.Services;

/// <summary>
/// The constant part of the table: sets, chains and rules. What changes with Services is elements alone, and now and then a chain for a number of
/// backends that did not occur before.
/// <code>
/// raw          packets of a neighbour for 127.0.0.0/8 end here (CVE-2020-8558)
/// prerouting   1 source ranges   2 clients outside, where policy Local makes a difference   3 addresses of Services   4 node ports
/// output       likewise, for clients on the node itself: they are all inside
/// postrouting  the client's address stays unless the answer would not come back through this node
/// forward      what is still for a Service's address belongs to nobody: refused
/// </code>
/// </summary>
internal sealed class ServiceSkeleton
{
    public const string Name = "vitrine-services";
    private const string Raw = "raw", Prerouting = "prerouting", Output = "output", Postrouting = "postrouting", Forward = "forward", OutputFilter = "output-filter";
    private const string Leftover = "leftover", RejectAddress = "refuse-address", Reject = "refuse";
    private static readonly IPNetwork Loopback = IPNetwork.Parse("127.0.0.0/8");

    /// <param name="ipv6">the kernel speaks IPv6; one without has no inet tables</param>
    public ServiceSkeleton(bool ipv6)
    {
        Table = new NftTable(ipv6 ? NftFamily.Inet : NftFamily.Ip, Name);
        Families = ipv6 ? [new ServiceFamily(Table, AddressFamily.InterNetwork), new ServiceFamily(Table, AddressFamily.InterNetworkV6)] : [new ServiceFamily(Table, AddressFamily.InterNetwork)];
    }

    public NftTable Table { get; }

    public ImmutableArray<ServiceFamily> Families { get; }

    public ServiceFamily? Of(AddressFamily family) => Families.FirstOrDefault(f => f.Family == family);

    /// <summary>The whole of it, with chains for the modes given and no elements but those that lead to them.</summary>
    public NftTableSpec Spec(IReadOnlyDictionary<ServiceMode, uint> modes) => new(Table)
    {
        Comment = "Services: addresses and ports in front of pods. What is in the maps: vitrine dataplane dump",
        Sets = [.. Families.SelectMany(f => f.All)],
        Chains =
        [
            new NftChain(Table, Raw) { Hook = NftHook.Prerouting, Priority = NftPriority.Raw },
            new NftChain(Table, Prerouting) { Hook = NftHook.Prerouting, Type = "nat", Priority = NftPriority.DestinationNat },
            new NftChain(Table, Output) { Hook = NftHook.Output, Type = "nat", Priority = NftPriority.DestinationNat },
            new NftChain(Table, Postrouting) { Hook = NftHook.Postrouting, Type = "nat", Priority = NftPriority.SourceNat },
            new NftChain(Table, Forward) { Hook = NftHook.Forward, Priority = NftPriority.Filter },
            new NftChain(Table, OutputFilter) { Hook = NftHook.Output, Priority = NftPriority.Filter },
            new NftChain(Table, Leftover),
            new NftChain(Table, RejectAddress),
            new NftChain(Table, Reject),
            .. Families.SelectMany(f => new[] { new NftChain(Table, ToPorts(f)), new NftChain(Table, ToPortsFromHere(f)), new NftChain(Table, ToGroup(f)), new NftChain(Table, Masquerade(f)) }),
            .. modes.Keys.SelectMany(m => Families.SelectMany(f => ModeChains(f, m))),
        ],
        Elements = Families.ToImmutableDictionary(f => f.Modes.Name, f => Fates.Concat(modes.Select(m => ModeElement(f, m.Key, m.Value))).ToImmutableArray()),
        Rules =
        [
            Rule(Raw).Of(NftFamily.Ip).In(NftField.Ip4Destination, Loopback).Is(NftField.InInterface, NftValue.InterfaceName("lo"), not: true).Count().Drop() with { Comment = "to loopback by a link" },
            Rule(Raw).Of(NftFamily.Ip).In(NftField.Ip4Source, Loopback).Is(NftField.InInterface, NftValue.InterfaceName("lo"), not: true).Count().Drop() with { Comment = "from loopback by a link" },
            .. Families.SelectMany(DestinationRules),
            Rule(Postrouting).Is(NftField.OutInterface, NftValue.InterfaceName("lo")).Return(),
            .. Families.SelectMany(SourceRules),
            .. Families.SelectMany(MasqueradeRules),
            .. new[] { Forward, OutputFilter }.SelectMany(LeftoverRules),
            Rule(Leftover).ToThisHost().Return(),
            Rule(Leftover).CtStateIn(NftCtState.Invalid).Count().Drop() with { Comment = "of no connection" },
            Rule(Leftover).Goto(Reject) with { Comment = "no such Service or port" },
            // An address of this node's own may have a socket as well as a Service without endpoints; cluster DNS answers like that.
            Rule(RejectAddress).ToThisHost().Return(),
            Rule(RejectAddress).Goto(Reject),
            Rule(Reject).RejectTcp(),
            Rule(Reject).RejectPort(),
            .. modes.Keys.SelectMany(m => Families.SelectMany(f => ModeRules(f, m))),
        ],
    };

    /// <summary>Chains, rules and the map entry of a mode that did not occur before.</summary>
    public void AddMode(NftBatch batch, ServiceMode mode, uint number)
    {
        foreach (var family in Families)
        {
            foreach (var chain in ModeChains(family, mode))
                batch.AddChain(chain);
            foreach (var rule in ModeRules(family, mode))
                batch.AddRule(rule);
            batch.AddElements(family.Modes, [ModeElement(family, mode, number)]);
        }
    }

    private IEnumerable<NftRule> DestinationRules(ServiceFamily f)
    {
        yield return Rule(ToGroup(f)).VerdictFrom(f.Modes.Name, NftField.Priority.Bits(ServiceValue.ModeMask));
        foreach (var chain in new[] { Prerouting, Output })
        {
            yield return Rule(chain).In(f.Guarded.Name, f.VirtualAddress).NotIn(f.Sources.Name, [.. f.VirtualAddress, f.Source]).Count().Drop() with { Comment = "not in loadBalancerSourceRanges" };
            if (chain == Prerouting)
                yield return Rule(chain).NotIn(f.Pods.Name, f.Source).SetPriorityFrom(f.Outside.Name, f.VirtualAddress).Goto(ToGroup(f));
            yield return Rule(chain).SetPriorityFrom(f.Services.Name, f.VirtualAddress).Goto(ToGroup(f));
            yield return Rule(chain).Of(f.Nft).ToThisHost().Jump(chain == Prerouting ? ToPorts(f) : ToPortsFromHere(f));
        }
        yield return Rule(ToPorts(f)).NotIn(f.Pods.Name, f.Source).SetPriorityFrom(f.NodePortsOutside.Name, f.NodePort).Goto(ToGroup(f));
        yield return Rule(ToPorts(f)).SetPriorityFrom(f.NodePorts.Name, f.NodePort).Goto(ToGroup(f));
        yield return Rule(ToPortsFromHere(f)).SetPriorityFrom(f.NodePorts.Name, f.NodePort).Goto(ToGroup(f));
    }

    private IEnumerable<NftRule> SourceRules(ServiceFamily f)
    {
        yield return Rule(Postrouting).CtStatusDnat().In(f.Hairpin.Name, f.Source, f.Destination).Count().Masquerade() with { Comment = "to itself" };
        var loopback = Rule(Postrouting).CtStatusDnat();
        loopback = f.Nft == NftFamily.Ip ? loopback.In(f.Source, Loopback) : loopback.Is(f.Source, IPAddress.IPv6Loopback);
        yield return loopback.Goto(Masquerade(f)) with { Comment = "from localhost" };
        yield return Rule(Postrouting).CtStatusDnat().NotIn(f.OwnPods.Name, f.Source).NotIn(f.OwnPods.Name, f.Destination).Goto(Masquerade(f)) with
        {
            Comment = "neither end is a pod of this node",
        };
    }

    /// <summary>Ours are known by where they went at first; what other programs rewrite is theirs.</summary>
    private IEnumerable<NftRule> MasqueradeRules(ServiceFamily f)
    {
        yield return Rule(Masquerade(f)).Is(NftField.Mapped(f.Services.Name, NftType.Mark, f.OriginalDestination, NftField.L4Protocol, NftField.CtOriginalDestinationPort), NftValue.Number(0), not: true).Count().Masquerade();
        yield return Rule(Masquerade(f)).Is(NftField.Mapped(f.NodePorts.Name, NftType.Mark, NftField.L4Protocol, NftField.CtOriginalDestinationPort), NftValue.Number(0), not: true).Count().Masquerade();
    }

    /// <summary>First packets pass here on their way to a pod: one look-up for each kind of Service address, and no more.</summary>
    private IEnumerable<NftRule> LeftoverRules(string chain)
    {
        yield return Rule(chain).CtStateIn(NftCtState.Established | NftCtState.Related).Accept();
        foreach (var f in Families)
            foreach (var set in new[] { f.ServiceRanges, f.ServiceAddresses, f.Announced })
                yield return Rule(chain).In(set.Name, f.Destination).Goto(Leftover);
    }

    private IEnumerable<NftChain> ModeChains(ServiceFamily f, ServiceMode mode)
    {
        yield return new NftChain(Table, f.ChainOf(mode));
        if (mode.AffinitySeconds > 0)
            yield return new NftChain(Table, Known(f, mode));
    }

    /// <summary>
    /// With affinity: a client that is known goes to its backend, and its time starts anew. One whose backend is gone, or who is new, gets one and is
    /// remembered; when there are too many to remember it gets one each time.
    /// </summary>
    private IEnumerable<NftRule> ModeRules(ServiceFamily f, ServiceMode mode)
    {
        var (chain, known) = (f.ChainOf(mode), Known(f, mode));
        var (group, place, time) = (NftField.Priority.Bits(ServiceValue.GroupMask), NftField.Random((uint)mode.Count), TimeSpan.FromSeconds(mode.AffinitySeconds));
        if (mode.AffinitySeconds == 0)
            return [Rule(chain).DestinationNatFrom(f.Backends.Name, f.Nft, port: true, group, place)];
        return
        [
            Rule(chain).SetPriorityFrom(f.Affinity.Name, f.Source, group).Jump(known),
            Rule(chain).SetPriorityFrom(f.Slots.Name, group, place),
            Rule(chain).RememberValue(f.Affinity.Name, time, NftField.Priority, f.Source, group),
            Rule(chain).DestinationNatFrom(f.Sticky.Name, f.Nft, port: true, NftField.Priority),
            Rule(known).RememberValue(f.Affinity.Name, time, NftField.Priority, f.Source, group),
            Rule(known).DestinationNatFrom(f.Sticky.Name, f.Nft, port: true, NftField.Priority),
            Rule(known).Forget(f.Affinity.Name, f.Source, group),
        ];
    }

    private NftRule Rule(string chain) => new(Table, chain);

    private static string ToPorts(ServiceFamily f) => $"to-node-ports-{f.Suffix}";

    private static string ToPortsFromHere(ServiceFamily f) => $"to-node-ports-from-here-{f.Suffix}";

    private static string ToGroup(ServiceFamily f) => $"to-group-{f.Suffix}";

    private static string Masquerade(ServiceFamily f) => $"masquerade-{f.Suffix}";

    private static string Known(ServiceFamily f, ServiceMode mode) => $"{f.ChainOf(mode)}-known";

    private static IEnumerable<NftElement> Fates =>
    [
        NftElement.Of(NftValue.Number(ServiceValue.Reject)) with { Verdict = NftVerdict.Goto(RejectAddress) },
        NftElement.Of(NftValue.Number(ServiceValue.RejectPort)) with { Verdict = NftVerdict.Goto(Reject) },
        NftElement.Of(NftValue.Number(ServiceValue.Drop)) with { Verdict = NftVerdict.Drop },
    ];

    private static NftElement ModeElement(ServiceFamily f, ServiceMode mode, uint number) =>
        NftElement.Of(NftValue.Number(ServiceValue.Of(number, 0))) with { Verdict = NftVerdict.Goto(f.ChainOf(mode)) };
}
