using Vitrine.Cni.Config;
using Vitrine.Cni.Invocation;
using Vitrine.Cni.Ipam;
using Vitrine.Cni.Wiring;

namespace Vitrine.Cni.Verbs;

/// <summary>What one ADD is to make, put together from config and environment and checked before anything is touched.</summary>
/// <param name="Names">with the MAC address asked for, if any</param>
/// <param name="Lease">addresses asked for, MAC, host ports</param>
internal sealed record AddWish(HostLink Names, LeaseRequest Lease)
{
    internal static AddWish Of(PluginCall call, NetworkConfig config)
    {
        if (config.Mode == WiringMode.Routed && config.Routes?.FirstOrDefault(r => r.Gateway is not null) is { } odd)
            throw new CniException(ErrorCode.InvalidConfig, $"route {odd.Destination} has a gateway", "in routed mode every route goes by the link-local gateway; leave out gw");
        var mac = config.Mac ?? call.Arguments.Mac;
        var addresses = config.RequestedAddresses.Count + call.Arguments.Addresses.Count == 0
            ? [] : config.RequestedAddresses.Concat(call.Arguments.Addresses).Distinct().ToArray();
        LeaseRequest.Validate(config.Ranges, addresses);
        var names = HostLink.Of(config.Name, call.Attachment);
        return new AddWish(mac is { } asked ? names with { PodMac = asked } : names,
            new LeaseRequest(call.Attachment, names.Name, config.Ranges, addresses) { Mac = mac, Ports = config.PortMappings });
    }
}
