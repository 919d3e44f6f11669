using System.Net;
using Vitrine.Linux.Netlink;

namespace Vitrine.Agent.Node;

/// <summary>What pods may send without being told smaller.</summary>
public static class NodeMtu
{
    /// <returns>bytes, of the link that has this address of the node; 0 where none has</returns>
    public static int Of(IPAddress address)
    {
        using var socket = RtnetlinkSocket.Open();
        var link = socket.ListAddresses().FirstOrDefault(a => a.Address.Equals(address))?.LinkIndex;
        return socket.ListLinks().FirstOrDefault(l => l.Index == link)?.Mtu ?? 0;
    }
}
