using System.Net;
using Vitrine.Cni.Config;
using Vitrine.Cni.Invocation;
using Vitrine.Cni.Results;
using Vitrine.Cni.Wiring;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;

namespace Vitrine.Cni.Verbs;

/// <summary>
/// The <c>loopback</c> plugin, which containerd calls for every pod before the network's own: the same executable under that name.
/// DEL leaves the link up, since the containers may still be talking to each other while they end.
/// </summary>
internal static class LoopbackVerbs
{
    private const string Name = "lo";

    internal static byte[] Add(PluginCall call, NetworkConfig config)
    {
        using var netns = Open(call);
        using var pod = RtnetlinkSocket.OpenIn(netns);
        pod.SetUp(Name);
        if (config.PrevResult is { } prev)
            return ResultWriter.PassOn(prev, config.CniVersion);
        var index = pod.GetLink(Name).Index;
        var addresses = pod.ListAddresses().Where(a => a.LinkIndex == index).Select(a => new PodAddress(a.Address, a.PrefixLength, null)).ToList();
        return ResultWriter.Add(new AddResult([new ResultInterface(Name, default(MacAddress).ToString(), call.NetnsPath, 0)], addresses, [], null), config);
    }

    internal static byte[] Check(PluginCall call)
    {
        using var netns = Open(call);
        using var pod = RtnetlinkSocket.OpenIn(netns);
        return pod.GetLink(Name).IsUp ? [] : throw new CniException(ErrorCode.CheckFailed, "the loopback link is down");
    }

    private static NetnsHandle Open(PluginCall call) => NetnsHandle.TryOpen(call.NetnsPath!)
        ?? throw new CniException(ErrorCode.UnknownContainer, $"network namespace {call.NetnsPath} does not exist", "the container is gone; nothing was changed");
}
