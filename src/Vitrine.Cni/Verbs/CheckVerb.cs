using System.Text.Json;
using Vitrine.Cni.Config;
using Vitrine.Cni.Firewall;
using Vitrine.Cni.Invocation;
using Vitrine.Cni.Ipam;
using Vitrine.Cni.Results;
using Vitrine.Cni.Shaping;
using Vitrine.Cni.Wiring;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Linux.Nft;

namespace Vitrine.Cni.Verbs;

/// <summary>CHECK: everything ADD made is still there. The first difference is an error that names it.</summary>
internal static class CheckVerb
{
    internal static byte[] Run(PluginCall call, NetworkConfig config)
    {
        if (config.PrevResult is not { } prevResult)
            throw new CniException(ErrorCode.InvalidConfig, "prevResult is missing", "CHECK is called with the result of ADD");
        using var netns = NetnsHandle.TryOpen(call.NetnsPath!)
            ?? throw new CniException(ErrorCode.UnknownContainer, $"network namespace {call.NetnsPath} does not exist");
        using var host = RtnetlinkSocket.Open();
        using var pod = RtnetlinkSocket.OpenIn(netns);
        var lease = FindLease(call, config);
        var names = HostLink.Of(config.Name, call.Attachment);
        if (lease.Mac is { } mac)
            names = names with { PodMac = mac };
        var plan = PodPlan.Create(config, lease.Addresses);

        CheckResult(prevResult, call, names, plan);
        var hostLink = host.FindLink(names.Name);
        if (hostLink is null || hostLink.Group == HostLink.DeletionGroup)
            throw Missing($"host link {names.Name}");
        CheckLink(hostLink, names.Mac, "host");
        CheckLink(pod.FindLink(call.InterfaceName) ?? throw Missing($"interface {call.InterfaceName} in the pod"), names.PodMac, "pod");
        CheckPod(pod, pod.GetLink(call.InterfaceName), plan);
        CheckHost(host, hostLink, plan, config);
        if (config.Bandwidth is { } bandwidth && PodLimits.Missing(host, hostLink, bandwidth, names.Ifb) is { } limit)
            throw Missing(limit);
        if (config.AntiSpoofing || config.PortMappings.Count > 0)
            using (var nft = NftSocket.Open())
                if (new NetworkTables(nft, config).Missing(lease) is { } entry)
                    throw Missing(entry);
        return [];
    }

    private static Lease FindLease(PluginCall call, NetworkConfig config)
    {
        using var leases = LeaseFile.Open(config.NetworkDirectory);
        return leases.Table.Find(call.Attachment)
            ?? throw new CniException(ErrorCode.UnknownContainer, $"container {call.ContainerId} holds no address of network {config.Name} on {call.InterfaceName}");
    }

    private static void CheckResult(JsonElement prevResult, PluginCall call, HostLink names, PodPlan plan)
    {
        var interfaces = ResultWriter.Elements(prevResult, "interfaces");
        if (!interfaces.Exists(i => i.OptionalString("name") == call.InterfaceName && i.OptionalString("mac") == names.PodMac.ToString()))
            throw Missing($"interface {call.InterfaceName} with address {names.PodMac} in prevResult");
        var ips = ResultWriter.Elements(prevResult, "ips");
        foreach (var address in plan.Addresses)
            if (!ips.Exists(ip => ip.OptionalString("address") == $"{address.Address}/{address.PrefixLength}"))
                throw Missing($"address {address.Address}/{address.PrefixLength} in prevResult");
    }

    private static void CheckLink(Link link, MacAddress mac, string side)
    {
        if (!link.IsUp)
            throw new CniException(ErrorCode.CheckFailed, $"{side} link {link.Name} is down");
        if (link.Mac != mac)
            throw new CniException(ErrorCode.CheckFailed, $"{side} link {link.Name} has address {link.Mac} instead of {mac}");
    }

    private static void CheckPod(RtnetlinkSocket pod, Link link, PodPlan plan)
    {
        var addresses = pod.ListAddresses();
        foreach (var address in plan.Addresses)
            if (!addresses.Contains(new LinkAddress(link.Index, address.Address, address.PrefixLength)))
                throw Missing($"address {address.Address}/{address.PrefixLength} on {link.Name} in the pod");
        var routes = pod.ListRoutes();
        foreach (var route in plan.Routes)
            if (!routes.Any(r => r.Destination == route.Destination && r.LinkIndex == link.Index && Equals(r.Gateway, route.Gateway)))
                throw Missing($"route {route.Destination} via {route.Gateway} in the pod");
    }

    private static void CheckHost(RtnetlinkSocket host, Link link, PodPlan plan, NetworkConfig config)
    {
        if (config.Mode == WiringMode.Bridge)
        {
            if (host.FindLink(config.Bridge) is not { } bridge || link.Master != bridge.Index)
                throw Missing($"port {link.Name} of bridge {config.Bridge}");
            return;
        }
        var routes = host.ListRoutes();
        foreach (var wanted in plan.Addresses.Select(a => HostSide.RouteTo(a, link.Index)))
            if (!routes.Any(r => r.Destination == wanted.Destination && r.LinkIndex == link.Index))
                throw Missing($"host route {wanted.Destination} to {link.Name}");
    }

    internal static CniException Missing(string what) =>
        new(ErrorCode.CheckFailed, $"{what} is missing", "somebody else changed the pod's network; restart the pod");
}
