using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Linux.Nft;

namespace Vitrine.Dataplane.Apply.Services;

/// <summary>The sets of one address family, and the fields its rules look at.</summary>
internal sealed class ServiceFamily
{
    // Dynamic sets must have a size: a client more than this gets no affinity until another's time is over.
    private const uint MostClients = 262_144;

    public ServiceFamily(NftTable table, AddressFamily family)
    {
        var v6 = family == AddressFamily.InterNetworkV6;
        Family = family;
        Nft = v6 ? NftFamily.Ip6 : NftFamily.Ip;
        Suffix = v6 ? "6" : "4";
        Address = v6 ? NftType.Ip6Address : NftType.Ip4Address;
        Source = v6 ? NftField.Ip6Source : NftField.Ip4Source;
        Destination = v6 ? NftField.Ip6Destination : NftField.Ip4Destination;
        OriginalDestination = v6 ? NftField.CtOriginal6Destination : NftField.CtOriginal4Destination;
        Services = Map("services", [NftType.Mark], Address, NftType.Protocol, NftType.Port);
        Outside = Map("services-outside", [NftType.Mark], Address, NftType.Protocol, NftType.Port);
        NodePorts = Map("node-ports", [NftType.Mark], NftType.Protocol, NftType.Port);
        NodePortsOutside = Map("node-ports-outside", [NftType.Mark], NftType.Protocol, NftType.Port);
        Backends = Map("backends", [Address, NftType.Port], NftType.Mark, NftType.Mark);
        Slots = Map("sticky-slots", [NftType.Mark], NftType.Mark, NftType.Mark);
        Sticky = Map("sticky-backends", [Address, NftType.Port], NftType.Mark);
        Affinity = Map("affinity", [NftType.Mark], Address, NftType.Mark) with { Dynamic = true, Timeouts = true, Size = MostClients };
        Modes = new NftSet(table, $"modes-{Suffix}", [NftType.Mark]) { ToVerdicts = true };
        Hairpin = Set("hairpin", Address, Address);
        Guarded = Set("guarded", Address, NftType.Protocol, NftType.Port);
        Sources = Set("sources", Address, NftType.Protocol, NftType.Port, Address) with { Interval = true };
        ServiceAddresses = Set("service-addresses", Address);
        ServiceRanges = Set("service-ranges", Address) with { Interval = true };
        Announced = Set("announced", Address);
        Pods = Set("pods", Address) with { Interval = true };
        OwnPods = Set("own-pods", Address) with { Interval = true };
        // What is looked up last is written first, so that nothing leads nowhere.
        Written = [Pods, OwnPods, ServiceRanges, ServiceAddresses, Announced, Hairpin, Backends, Sticky, Slots, Sources, Guarded, Outside, NodePortsOutside, Services, NodePorts];

        NftSet Set(string name, params ReadOnlySpan<NftType> key) => new(table, $"{name}-{Suffix}", [.. key]);
        NftSet Map(string name, ImmutableArray<NftType> value, params ReadOnlySpan<NftType> key) => new(table, $"{name}-{Suffix}", [.. key]) { Value = value };
    }

    public AddressFamily Family { get; }

    public NftFamily Nft { get; }

    /// <summary>"4" or "6": ends the names of what is of one family.</summary>
    public string Suffix { get; }

    public NftType Address { get; }

    public NftField Source { get; }

    public NftField Destination { get; }

    public NftField OriginalDestination { get; }

    /// <summary>Front end → <see cref="ServiceValue"/>; for clients outside too, unless <see cref="Outside"/> has another.</summary>
    public NftSet Services { get; }

    public NftSet Outside { get; }

    public NftSet NodePorts { get; }

    public NftSet NodePortsOutside { get; }

    /// <summary>What leads from a mode to its chain.</summary>
    public NftSet Modes { get; }

    /// <summary>Group and place → address and port.</summary>
    public NftSet Backends { get; }

    /// <summary>Group with affinity and place → number of the backend: its group, and in the bits above one of its own.</summary>
    public NftSet Slots { get; }

    /// <summary>Number of a backend → address and port. What is not here any more is not used, whatever a client remembers.</summary>
    public NftSet Sticky { get; }

    /// <summary>Client and group → number of its backend; the kernel fills it.</summary>
    public NftSet Affinity { get; }

    /// <summary>Endpoints of this node, twice: who reaches itself through a Service must not see its own address as the client's.</summary>
    public NftSet Hairpin { get; }

    /// <summary>Front ends with loadBalancerSourceRanges.</summary>
    public NftSet Guarded { get; }

    public NftSet Sources { get; }

    /// <summary>ClusterIPs outside the ranges below.</summary>
    public NftSet ServiceAddresses { get; }

    public NftSet ServiceRanges { get; }

    /// <summary>Load balancer addresses this node answers for.</summary>
    public NftSet Announced { get; }

    public NftSet Pods { get; }

    public NftSet OwnPods { get; }

    /// <summary>All that elements are written to from outside the kernel, in the order in which they are written.</summary>
    public ImmutableArray<NftSet> Written { get; }

    public ImmutableArray<NftSet> All => [.. Written, Affinity, Modes];

    public NftField[] VirtualAddress => [Destination, NftField.L4Protocol, NftField.DestinationPort];

    public NftField[] NodePort => [NftField.L4Protocol, NftField.DestinationPort];

    public string ChainOf(ServiceMode mode) => $"spread-{Suffix}-{mode}";
}
