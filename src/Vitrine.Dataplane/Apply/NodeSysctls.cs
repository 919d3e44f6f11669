using Vitrine.Linux.Netns;
using Vitrine.Model.Plans;

namespace Vitrine.Dataplane.Apply;

/// <summary>A node is a router. Never switched off again: others rely on it too.</summary>
internal static class NodeSysctls
{
    /// <summary>Call it in the node's network namespace.</summary>
    /// <returns>how many it changed</returns>
    public static int Ensure(RoutePlan plan)
    {
        var changes = Set("ipv4/ip_forward");
        // Only for pods' sake: a forwarding host stops listening to router advertisements unless accept_ra is 2.
        if (plan.PodRanges.Any(r => r.IsOwn && r.Range.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6))
            changes += Set("ipv6/conf/all/forwarding");
        return changes;
    }

    private static int Set(string name) => NetSysctl.Read(name) is { } value && value != "1" && NetSysctl.TryWrite(name, "1") ? 1 : 0;
}
