using Vitrine.Linux.Netns;

namespace Vitrine.Dataplane.Apply.Services;

/// <summary>
/// A node port on 127.0.0.1: the answers come by a link, for an address of loopback, and the kernel takes that only where it is told to. The table's raw
/// chain drops what a neighbour sends there (CVE-2020-8558), so it must be in force first.
/// </summary>
internal static class ServiceSysctls
{
    private const string RouteLocalnet = "ipv4/conf/all/route_localnet";

    /// <summary>Call it in the node's network namespace, with the table in place.</summary>
    public static bool Ensure() => NetSysctl.Read(RouteLocalnet) == "1" || NetSysctl.TryWrite(RouteLocalnet, "1");
}
