using System.Collections.Immutable;
using System.Net;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;

namespace Vitrine.Dataplane.Apply;

/// <summary>One pass: read the machine, compile, make the kernel so. It works on the network namespace it was made in.</summary>
internal sealed class NodeApply(ImmutableArray<IPNetwork> serviceRanges = default) : IDisposable
{
    private readonly NetnsHandle netns = NetnsHandle.Current();
    private readonly RtnetlinkSocket routes = RtnetlinkSocket.Open();
    private readonly NftSocket nft = NftSocket.Open();

    /// <summary>Does all it can; what failed is in the result, the rest is in force.</summary>
    public NodeApplied Apply(ClusterSnapshot snapshot, string nodeName) => netns.Run(() => Pass(snapshot, nodeName));

    public void Dispose()
    {
        routes.Dispose();
        nft.Dispose();
        netns.Dispose();
    }

    private NodeApplied Pass(ClusterSnapshot snapshot, string nodeName)
    {
        var links = LinkFacts.Read(routes);
        if (RoutePlan.Compile(snapshot, nodeName, links, serviceRanges) is not { } plan)
            return new NodeApplied(null, 0, []);
        // Of the kernel, not of a sysctl somebody may turn: a table that changes its family would leave its old self behind.
        var inet = NetSysctl.Read("ipv6/conf/all/disable_ipv6") is not null;
        var failures = new List<string>();
        var changes = 0;
        // Guard and masquerade before the routes that let traffic come.
        Try(() => NodeSysctls.Ensure(plan));
        Try(() => NodeTables.GuardTable(plan, inet).EnsureIn(nft));
        Try(() => NodeTables.MasqueradeTable(plan, inet).EnsureIn(nft));
        Try(() => new RouteTables(routes).Ensure(plan));
        return new NodeApplied(plan, changes, failures);

        void Try(Func<int> step)
        {
            try
            {
                changes += step();
            }
            catch (LinuxException e)
            {
                failures.Add(e.Message);
            }
        }
    }
}
