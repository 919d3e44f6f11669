using System.Net;
using Vitrine.Linux.Netlink;

namespace Vitrine.Kernel.Cni;

/// <summary>Another machine on a link to the host: 203.0.113.2 and 2001:db8::2, the host is .1 and ::1.</summary>
internal sealed class OutsideHost : IDisposable
{
    public OutsideHost(PluginNetwork network)
    {
        var host = network.Host;
        host.Socket.CreateVeth("out0", "eth0", Netns.Handle);
        Connect(host.Socket, "out0", 1);
        Connect(Netns.Socket, "eth0", 2);
        Netns.Socket.ReplaceRoute(new RouteSpec(IPNetwork.Parse("0.0.0.0/0")) { Gateway = IPAddress.Parse("203.0.113.1") });
        Netns.Socket.ReplaceRoute(new RouteSpec(IPNetwork.Parse("::/0")) { Gateway = IPAddress.Parse("2001:db8::1") });
    }

    internal ThrowAwayNetns Netns { get; } = new();

    public void Dispose() => Netns.Dispose();

    private static void Connect(RtnetlinkSocket socket, string link, int number)
    {
        var index = socket.GetLink(link).Index;
        socket.SetUp(index);
        socket.AddAddress(index, IPAddress.Parse($"203.0.113.{number}"), 24);
        socket.AddAddress(index, IPAddress.Parse($"2001:db8::{number}"), 64);
    }
}
