using Vitrine.Dataplane.Apply;
using Vitrine.Dataplane.Explain;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;

namespace Vitrine.Dataplane.Checks;

/// <summary>Looks for what makes a data path fail in silence: missing kernel features, overlapping ranges, links that carry less than they say, wrong sums.</summary>
public static class SelfCheck
{
    /// <param name="netns">the node's network namespace</param>
    /// <param name="snapshot">the cluster</param>
    /// <param name="nodeName">the node</param>
    /// <param name="time">the clock</param>
    /// <returns>kernel, then ranges, then one verdict per pod range of another node</returns>
    public static async Task<IReadOnlyList<CheckVerdict>> RunAsync(NetnsHandle netns, ClusterSnapshot snapshot, string nodeName, TimeProvider time)
    {
        var verdicts = new List<CheckVerdict>(KernelCheck.Run());
        using var routes = RtnetlinkSocket.OpenIn(netns);
        var links = netns.Run(() => LinkFacts.Read(routes));
        if (RoutePlan.Compile(snapshot, nodeName, links) is not { } plan)
        {
            verdicts.Add(CheckVerdict.Bad($"node/{nodeName}", "the cluster does not know this node", "is the node agent running? kubectl get nodes"));
            return verdicts;
        }

        verdicts.AddRange(plan.Conflicts.Select(c => CheckVerdict.Bad($"ranges of node/{c.Node}", c.Problem, "correct spec.podCIDRs or the addresses of the node; a podCIDR is given anew when the Node is deleted and registers again")));
        if (plan.Conflicts.IsEmpty)
            verdicts.Add(CheckVerdict.Good("ranges", $"{plan.PodRanges.Length} pod ranges, none overlaps another"));
        verdicts.AddRange(netns.Run(Forwarding));
        var check = new PeerCheck(netns, routes, time);
        foreach (var route in plan.Routes.Where(r => !r.IsUnreachable))
            verdicts.Add(await check.RunAsync(plan, route, links).ConfigureAwait(false));
        return verdicts;
    }

    private static List<CheckVerdict> Forwarding()
    {
        var verdicts = new List<CheckVerdict>();
        if (NetSysctl.Read("ipv4/ip_forward") != "1")
            verdicts.Add(CheckVerdict.Bad("forwarding", "net.ipv4.ip_forward is 0", "something switched it off again: look in /etc/sysctl.d; the node agent sets it to 1"));
        if (NetSysctl.Read("ipv4/conf/all/rp_filter") == "1")
            verdicts.Add(CheckVerdict.Good("reverse path filter", "strict on all links; packets must come in by the link that leads back to their sender"));
        if (StationReader.Connections() is { } table)
            verdicts.Add(table.Used * 10L < table.Most * 9L || table.Most == 0
                ? CheckVerdict.Good("connection table", $"{table.Used} of {table.Most} places are taken")
                : CheckVerdict.Bad("connection table", $"{table.Used} of {table.Most} places are taken; when it is full, new connections are dropped",
                    $"look who opens so many (conntrack -L), or sysctl -w net.netfilter.nf_conntrack_max={Math.Max(table.Most * 2, 65536)}"));
        return verdicts;
    }
}
