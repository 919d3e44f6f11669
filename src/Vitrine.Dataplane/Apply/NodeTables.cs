using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans;

namespace Vitrine.Dataplane.Apply;

/// <summary>The two tables a route plan asks for: who may reach pods from outside, and under which address pods reach the outside.</summary>
internal static class NodeTables
{
    public const string Masquerade = "vitrine-masquerade", Guard = "vitrine-guard";

    private const string Own = "own-pods", All = "all-pods", Nodes = "nodes";

    /// <summary>Names of all tables of this part.</summary>
    public static readonly ImmutableHashSet<string> Names = [Masquerade, Guard];

    /// <summary>
    /// Pods go out under the node's address, unless the destination is a pod or a node that knows the way back. NetworkPolicy and servers within the
    /// cluster see pods' own addresses: that is the first rule of the Kubernetes network model.
    /// </summary>
    public static NftTableSpec MasqueradeTable(RoutePlan plan, bool ipv6)
    {
        var table = Table(Masquerade, ipv6);
        return Compile(plan, table, ipv6, plan.NodeAddresses.Where(a => a.WithoutNat), $"Pods of node/{plan.NodeName} reach the outside under the node's address.",
            new NftChain(table, "postrouting") { Hook = NftHook.Postrouting, Type = "nat", Priority = NftPriority.SourceNat }, [],
            f => new NftRule(table, "postrouting").In(f.Set(Own), f.Source).NotIn(f.Set(All), f.Destination).NotIn(f.Set(Nodes), f.Destination).Count().Masquerade() with
            {
                Comment = $"node/{plan.NodeName}: pods to the outside",
            });
    }

    /// <summary>What comes from outside the cluster reaches a pod only by a Service, a host port or as an answer.</summary>
    public static NftTableSpec GuardTable(RoutePlan plan, bool ipv6)
    {
        var table = Table(Guard, ipv6);
        return Compile(plan, table, ipv6, plan.NodeAddresses, $"The outside reaches pods of node/{plan.NodeName} only through what is published.",
            new NftChain(table, "forward") { Hook = NftHook.Forward, Priority = NftPriority.Filter },
            [
                new NftRule(table, "forward").CtStateIn(NftCtState.Established | NftCtState.Related).Count().Accept() with { Comment = "answers" },
                new NftRule(table, "forward").CtStatusDnat().Count().Accept() with { Comment = "through a Service or a host port" },
            ],
            f => new NftRule(table, "forward").In(f.Set(Own), f.Destination).NotIn(f.Set(All), f.Source).NotIn(f.Set(Nodes), f.Source).Count().Drop() with
            {
                Comment = $"node/{plan.NodeName}: from outside to pods",
            });
    }

    private static NftTableSpec Compile(
        RoutePlan plan, NftTable table, bool ipv6, IEnumerable<NodeAddress> addresses, string comment, NftChain chain, IEnumerable<NftRule> first, Func<Family, NftRule> rule)
    {
        Family[] families = ipv6 ? [Family.V4, Family.V6] : [Family.V4];
        var elements = ImmutableDictionary.CreateBuilder<string, ImmutableArray<NftElement>>();
        foreach (var family in families)
        {
            elements[family.Set(Own)] = [.. plan.PodRanges.Where(r => r.IsOwn && family.Has(r.Range.BaseAddress)).Select(Element)];
            elements[family.Set(All)] = [.. plan.PodRanges.Where(r => family.Has(r.Range.BaseAddress)).Select(Element)];
            elements[family.Set(Nodes)] = [.. addresses.Where(a => family.Has(a.Address)).DistinctBy(a => a.Address).Select(a => NftElement.Of(a.Address) with { Comment = a.Owner })];
        }
        return new NftTableSpec(table)
        {
            Comment = comment,
            Chains = [chain],
            Sets = [.. families.SelectMany(f => new[] { f.Ranges(table, Own), f.Ranges(table, All), f.Addresses(table, Nodes) })],
            Elements = elements.ToImmutable(),
            Rules = [.. first, .. families.Select(rule)],
        };
    }

    /// <summary>A kernel without IPv6 has no inet tables.</summary>
    internal static NftTable Table(string name, bool ipv6) => new(ipv6 ? NftFamily.Inet : NftFamily.Ip, name);

    private static NftElement Element(PodRange range) => NftElement.Of(range.Range) with { Comment = range.Owner };

    private sealed record Family(string Suffix, AddressFamily Kind, NftType Type, NftField Source, NftField Destination)
    {
        internal static readonly Family V4 = new("4", AddressFamily.InterNetwork, NftType.Ip4Address, NftField.Ip4Source, NftField.Ip4Destination);
        internal static readonly Family V6 = new("6", AddressFamily.InterNetworkV6, NftType.Ip6Address, NftField.Ip6Source, NftField.Ip6Destination);

        internal string Set(string name) => $"{name}-{Suffix}";

        internal bool Has(IPAddress address) => address.AddressFamily == Kind;

        internal NftSet Ranges(NftTable table, string name) => new(table, Set(name), [Type]) { Interval = true };

        internal NftSet Addresses(NftTable table, string name) => new(table, Set(name), [Type]);
    }
}
