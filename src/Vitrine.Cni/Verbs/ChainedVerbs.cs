using System.Net;
using System.Text.Json;
using Vitrine.Cni.Config;
using Vitrine.Cni.Firewall;
using Vitrine.Cni.Invocation;
using Vitrine.Cni.Results;
using Vitrine.Cni.Shaping;
using Vitrine.Cni.Wiring;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Linux.Nft;

namespace Vitrine.Cni.Verbs;

/// <summary>
/// Chained after a plugin that made the link (a config without <c>ipam</c>): host ports and bandwidth for the addresses in prevResult, which is
/// passed on as it came. What is made here names its attachment, so DEL needs neither prevResult nor the pod's namespace.
/// </summary>
internal static class ChainedVerbs
{
    internal static byte[] Add(PluginCall call, NetworkConfig config)
    {
        var prevResult = PrevResult(config);
        if (config.PortMappings.Count > 0 || config.Bandwidth is not null)
        {
            using var host = RtnetlinkSocket.Open();
            var link = HostEnd(host, call, prevResult);
            var names = HostLink.Of(config.Name, call.Attachment);
            try
            {
                if (config.PortMappings.Count > 0)
                    Publish(host, link, names, call, config, Addresses(prevResult));
                if (config.Bandwidth is { } bandwidth)
                    PodLimits.Apply(host, link, bandwidth, names.ChainedIfb, HostLink.Alias(config.Name, call));
            }
            catch
            {
                Undo(host, names);
                throw;
            }
        }
        return ResultWriter.PassOn(prevResult, config.CniVersion);
    }

    internal static byte[] Del(PluginCall call, NetworkConfig config)
    {
        using var host = RtnetlinkSocket.Open();
        Undo(host, HostLink.Of(config.Name, call.Attachment));
        return [];
    }

    internal static byte[] Check(PluginCall call, NetworkConfig config)
    {
        var prevResult = PrevResult(config);
        var names = HostLink.Of(config.Name, call.Attachment);
        using var host = RtnetlinkSocket.Open();
        using var nft = NftSocket.Open();
        if (HostPorts.Missing(nft, config.PortMappings, Addresses(prevResult)) is { } mapping)
            throw CheckVerb.Missing($"host port {mapping}");
        if (config.Bandwidth is { } bandwidth && PodLimits.Missing(host, HostEnd(host, call, prevResult), bandwidth, names.ChainedIfb) is { } limit)
            throw CheckVerb.Missing(limit);
        return [];
    }

    private static void Publish(RtnetlinkSocket host, Link link, HostLink names, PluginCall call, NetworkConfig config, IReadOnlyList<IPAddress> addresses)
    {
        var bridge = link.Master == 0 ? null : host.ListLinks().FirstOrDefault(l => l.Index == link.Master);
        using var nft = NftSocket.Open();
        var owner = EntryOwner.Of(names.ChainedName, config.Name, call.Attachment, call.Pod);
        HostPorts.Publish(nft, new PublishedPod(owner, config.PortMappings, addresses, bridge?.Name), static _ => false, static () => []);
        if (config.PortMappings.Any(p => p.IncludesLoopback))
            host.SetLink((bridge ?? link).Index, new LinkChange { RouteLocalnet = true });
    }

    private static void Undo(RtnetlinkSocket host, HostLink names)
    {
        NetworkTables.Withdraw(names.ChainedName);
        host.TryDeleteLink(names.ChainedIfb);
    }

    private static JsonElement PrevResult(NetworkConfig config) => config.PrevResult
        ?? throw new CniException(ErrorCode.InvalidConfig, "ipam is missing", "give ipam.ranges; only chained after another plugin, with its prevResult, is there nothing to lease");

    /// <summary>The pod's addresses, without those that prevResult places on the host; the first of each family counts.</summary>
    private static List<IPAddress> Addresses(JsonElement prevResult)
    {
        var interfaces = ResultWriter.Elements(prevResult, "interfaces");
        var addresses = new List<IPAddress>();
        foreach (var ip in ResultWriter.Elements(prevResult, "ips"))
        {
            var on = ip.OptionalInt("interface");
            if (on is { } index && index >= 0 && index < interfaces.Count && interfaces[index].OptionalString("sandbox") is not { Length: > 0 })
                continue;
            var address = IpamReader.ParseRequest(ip.OptionalString("address") ?? "", "prevResult.ips[].address");
            if (addresses.TrueForAll(a => a.AddressFamily != address.AddressFamily))
                addresses.Add(address);
        }
        return addresses;
    }

    /// <summary>The host's end of the pod's veth, as the pod's end names it.</summary>
    private static Link HostEnd(RtnetlinkSocket host, PluginCall call, JsonElement prevResult)
    {
        using var netns = NetnsHandle.TryOpen(call.NetnsPath!)
            ?? throw new CniException(ErrorCode.UnknownContainer, $"network namespace {call.NetnsPath} does not exist", "the container is gone; nothing was changed");
        using var pod = RtnetlinkSocket.OpenIn(netns);
        var end = pod.FindLink(call.InterfaceName)
            ?? throw new CniException(ErrorCode.InvalidConfig, $"the container has no interface {call.InterfaceName}", "the plugin before this one in the chain is to make it");
        var named = ResultWriter.Elements(prevResult, "interfaces").Select(i => i.OptionalString("name")).OfType<string>().ToHashSet();
        return host.ListLinks().Where(l => l.Kind == "veth" && l.Index == end.PeerIndex).OrderByDescending(l => named.Contains(l.Name)).FirstOrDefault()
            ?? throw new CniException(ErrorCode.UnsupportedField, $"interface {call.InterfaceName} of the container is no veth to this host", "host ports and bandwidth limits are for veth pairs");
    }
}
