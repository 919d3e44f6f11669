using System.Net;
using System.Net.Sockets;
using Vitrine.Linux.Conntrack;

namespace Vitrine.Kernel.Services;

/// <summary>Sends datagrams from ever new sockets and reads off conntrack which endpoint each was given: nobody has to answer.</summary>
internal static class Spread
{
    public static Dictionary<IPEndPoint, int> Count(ThrowAwayNetns netns, IPAddress to, int port, int packets)
    {
        netns.Handle.Run(() =>
        {
            for (var i = 0; i < packets; i++)
            {
                using var socket = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                socket.SendTo([1], new IPEndPoint(to, port));
            }
        });
        using var conntrack = ConntrackSocket.OpenIn(netns.Handle);
        return conntrack.List().Where(f => f.Protocol == 17 && f.OriginalDestination.Equals(new IPEndPoint(to, port))).GroupBy(f => f.ReplySource).ToDictionary(g => g.Key, g => g.Count());
    }
}
