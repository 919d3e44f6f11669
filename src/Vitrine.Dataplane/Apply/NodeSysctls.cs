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
        return changes + SilenceRedirects();
    }

    /// <summary>
    /// A packet may go out by the link it came in by: to a pod that calls itself by a Service, from a node port to another node. A redirect would tell its
    /// sender of a shorter way that there is not, and the kernel would hold back true errors to it meanwhile (ip_rt_send_redirect shares its budget with ip_error).
    /// </summary>
    private static int SilenceRedirects()
    {
        // Links that come later take the default's value.
        if (NetSysctl.Read(Redirects("all")) != "1" && NetSysctl.Read(Redirects("default")) != "1")
            return 0;
        return Directory.EnumerateDirectories("/proc/sys/net/ipv4/conf").Count(d => NetSysctl.TryWrite(Redirects(Path.GetFileName(d)), "0"));
    }

    private static string Redirects(string link) => $"ipv4/conf/{link}/send_redirects";

    private static int Set(string name) => NetSysctl.Read(name) is { } value && value != "1" && NetSysctl.TryWrite(name, "1") ? 1 : 0;
}
