using System.Net;
using System.Net.Sockets;
using Vitrine.Linux.Netns;

namespace Vitrine.Dataplane.Probes;

/// <summary>One datagram that must not be fragmented. Silence may mean that it arrived: most services answer only what they understand.</summary>
public static class UdpProbe
{
    public static Task<ProbeOutcome> SendAsync(NetnsHandle from, IPEndPoint to, IPEndPoint? source, int payload, TimeSpan patience, TimeProvider time) =>
        ProbeSocket.OutcomeAsync(
            async ct =>
            {
                using var socket = ProbeSocket.Create(from, to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                if (source is not null)
                    socket.Bind(source);
                await socket.ConnectAsync(to, ct).ConfigureAwait(false);
                await socket.SendAsync(new byte[payload], ct).ConfigureAwait(false);
                await socket.ReceiveAsync(new byte[64 * 1024], ct).ConfigureAwait(false);
                return new ProbeOutcome(ProbeAnswer.Answered);
            },
            patience, time);
}
